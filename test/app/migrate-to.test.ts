import { describe, expect, test } from 'bun:test'
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { migrateTo } from '../../src/app/migrate-to.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { insertLog } from '../../src/db/tasks/logs.ts'
import { READS_ENCRYPTED } from '../../src/db/migrations.ts'
import { connectPostgres } from '../../src/db/postgres.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { openWorkflowKey } from '../../src/db/workflows/workflows.ts'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import {
  aSandbox,
  later,
  orderOf,
  QUICK,
  startedFolder,
  tempFolder,
  until,
  withWorkflow,
} from '../support/bot.ts'
import { textIn } from '../support/file-store.ts'
import { borrowDatabase } from '../support/test-database.ts'

const NOW = new Date('2026-11-28T12:00:00Z')
const KEY = 'app-sandbox-product-copywriter'

async function openAt(folder: string, env: Record<string, string> = {}): Promise<Rowbot> {
  const config = readConfig({ ROWBOT_DATA_DIR: folder, ...env })
  const bot = await Rowbot.open({ config, log: pino({ level: 'silent' }), timing: QUICK })
  later(() => bot.close())
  return bot
}

/** A data folder with a task that has run and one that is paused, whose upload has a file. */
async function aFolderToMove(env: Record<string, string> = {}) {
  const sandbox = aSandbox()
  const folder = await startedFolder()
  const bot = await openAt(folder, env)
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: KEY })
  const { id } = await bot.engine.submit(orderOf(workflow, 30))
  bot.startRunner()
  await until(
    () => findTask(bot.db, id),
    (task) => task?.status === 'completed',
  )
  await bot.stopRunner(1_000)
  const bytes = async function* () {
    yield Buffer.alloc(2_500_000, 'invoice')
  }
  const { sha256, size } = await bot.files.put(bytes())
  const order = orderOf(workflow, 5)
  const files = [{ name: 'a.txt', sha256, size, content: null }]
  const paused = await bot.engine.submit({ ...order, upload: { ...order.upload, files } })
  await bot.engine.pause(paused.id, 'mei')
  const { token } = await bot.adminToken()
  const { url, giveBack } = await borrowDatabase()
  later(giveBack)
  const config = readConfig({ ROWBOT_DATA_DIR: folder })
  const move = () => migrateTo(config, url, { now: NOW, onProgress: () => {} })
  return { bot, sandbox, folder, workflow, id, paused: paused.id, sha256, token, url, move }
}

const secretOf = (folder: string) => readFileSync(join(folder, 'secret.key'), 'utf8').trim()

describe('migrate-to', () => {
  test('copies everything, and another machine goes on with it', async () => {
    const { bot, sandbox, folder, workflow, id, paused, sha256, token, url, move } = await aFolderToMove()
    const before = await Promise.all([findTask(bot.db, id), findTask(bot.db, paused)])
    const rows = await Array.fromAsync(resultRows(bot.db, id))
    const logs = await bot.db.selectFrom('execution_logs').select('id').execute()
    await bot.close()
    const bytes = readFileSync(join(folder, 'rowbot.db'))
    const moved = await move()
    expect(moved).toMatchObject({ files: 1, missing: 0, changedTexts: 0 })
    expect(moved.rows).toBeGreaterThan(100)
    expect(readFileSync(join(folder, 'rowbot.db'))).toEqual(bytes)

    const machine = await openAt(tempFolder(), { DATABASE_URL: url, ROWBOT_SECRET_KEY: secretOf(folder) })
    expect(await Promise.all([findTask(machine.db, id), findTask(machine.db, paused)])).toEqual(before)
    expect(await Array.fromAsync(resultRows(machine.db, id))).toEqual(rows)
    expect(await openWorkflowKey(machine.db, machine.box, workflow.id)).toBe(KEY)
    expect(await machine.adminToken()).toEqual({ token, from: 'stored' })
    expect((await textIn(machine.files, sha256))?.length).toBe(2_500_000)

    await machine.engine.resume(paused, 'mei')
    const ids = await machine.db.selectFrom('execution_logs').select('id').execute()
    expect(ids.length).toBe(logs.length + 1) // the new one has a number of its own
    machine.startRunner()
    const ended = await until(
      () => findTask(machine.db, paused),
      (task) => task?.status === 'completed',
    )
    expect(ended?.counts.succeeded).toBe(5)
    expect(sandbox.hits()).toHaveLength(35)
  })

  test('copies what is encrypted as it is, with the key of it', async () => {
    const { bot, folder, id, url, move } = await aFolderToMove({ ROWBOT_ENCRYPT_DATA: 'true' })
    const rows = await Array.fromAsync(resultRows(bot.db, id))
    await bot.close()
    await move()
    const raw = connectPostgres(url, { connections: 1 })
    later(() => raw.destroy())
    const { cells } = await raw
      .selectFrom('task_executions')
      .select('cells')
      .limit(1)
      .executeTakeFirstOrThrow()
    expect(cells).toStartWith('sealed:1:')
    const needed = await raw
      .selectFrom('shared_values')
      .select('value')
      .where('name', '=', 'oldest version')
      .executeTakeFirst()
    expect(needed?.value).toBe(READS_ENCRYPTED)
    const machine = await openAt(tempFolder(), { DATABASE_URL: url, ROWBOT_SECRET_KEY: secretOf(folder) })
    expect(await Array.fromAsync(resultRows(machine.db, id))).toEqual(rows)
  })

  test('leaves a note because of which the folder is not started without Postgres; without it, it is', async () => {
    const { bot, folder, url, move, id } = await aFolderToMove()
    await bot.close()
    await move()
    await expect(openAt(folder)).rejects.toThrow('has moved to Postgres')
    await expect(move()).rejects.toThrow('has moved to Postgres')
    const note = join(folder, 'moved-to-postgres.txt')
    expect(readFileSync(note, 'utf8')).toContain(new URL(url).pathname)
    expect(await findTask((await openAt(folder, { DATABASE_URL: url })).db, id)).toBeDefined()
    rmSync(note)
    expect(await findTask((await openAt(folder)).db, id)).toBeDefined()
  })

  test('takes texts that Postgres does not: NUL characters and halves of pairs', async () => {
    const { bot, folder, url, id, move } = await aFolderToMove()
    const message = 'a typed \\u0000, a \u{1f600} and “quotes”\n'
    await insertLog(bot.db, { taskId: id, at: 1, event: 'task.create', message })
    await bot.close()
    const sqlite = new Database(join(folder, 'rowbot.db'))
    sqlite.prepare('update batch_tasks set owner = ? where id = ?').run('M\0ei', id)
    sqlite
      .prepare('update batch_tasks set error = cast(? as text) where id = ?')
      .run(Buffer.from([0x61, 0xed, 0xa0, 0x80, 0x62]), id)
    sqlite.close()
    expect((await move()).changedTexts).toBeGreaterThanOrEqual(1)
    const machine = await openAt(folder, { DATABASE_URL: url })
    const task = await machine.db
      .selectFrom('batch_tasks')
      .select(['owner', 'error'])
      .where('id', '=', id)
      .executeTakeFirst()
    expect(task?.owner).toBe('Mei')
    expect(task?.error).toMatch(/^a\ufffd+b$/)
    const logs = await machine.db.selectFrom('execution_logs').select('message').where('at', '=', 1).execute()
    expect(logs).toEqual([{ message }])
  })

  test('refuses, and changes nothing, while a task waits, a Rowbot has the folder, or the versions differ', async () => {
    const { bot, folder, paused, url, move } = await aFolderToMove()
    bot.startRunner()
    await expect(move()).rejects.toThrow('A Rowbot runs the tasks of this data folder')
    await bot.stopRunner(0)
    await expect(move()).rejects.toThrow('Another program has the database open')
    await bot.engine.resume(paused, 'mei')
    await bot.close()
    await expect(move()).rejects.toThrow('A task waits or runs: “a task”')

    const sqlite = new Database(join(folder, 'rowbot.db'))
    sqlite.exec("delete from kysely_migration where name = '0051-run-steps'")
    sqlite.close()
    await expect(move()).rejects.toThrow('with another version of Rowbot')
    expect(existsSync(join(folder, 'moved-to-postgres.txt'))).toBe(false)
    const machine = await openAt(tempFolder(), { DATABASE_URL: url })
    expect(await machine.db.selectFrom('batch_tasks').select('id').execute()).toEqual([])
    await expect(move()).rejects.toThrow()
  })

  test('refuses a database that a Rowbot has used, and one that another folder was copied to', async () => {
    const { bot, folder, move } = await aFolderToMove()
    await bot.close()
    const copy = join(tempFolder(), 'copy')
    cpSync(folder, copy, { recursive: true })
    await move()
    rmSync(join(folder, 'moved-to-postgres.txt'))
    await expect(move()).rejects.toThrow('is not empty')
  })

  test('leaves Postgres empty if a row does not arrive as it was, and can be tried again', async () => {
    const { bot, url, move } = await aFolderToMove()
    await bot.close()
    const machine = await openAt(tempFolder(), { DATABASE_URL: url })
    await machine.db.deleteFrom('shared_values').execute()
    const { sql } = await import('kysely')
    await sql`create function spoil() returns trigger language plpgsql as $$ begin new.name := new.name || '!'; return new; end $$`.execute(
      machine.db,
    )
    await sql`create trigger spoil before insert on batch_tasks for each row execute function spoil()`.execute(
      machine.db,
    )
    await expect(move()).rejects.toThrow('The table batch_tasks has not arrived as it was')
    expect(await machine.db.selectFrom('workflows').select('id').execute()).toEqual([])
    await sql`drop function spoil cascade`.execute(machine.db)
    expect(await move()).toMatchObject({ files: 1 })
  })
})
