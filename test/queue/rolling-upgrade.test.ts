import { expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { migrate, MIGRATIONS } from '../../src/db/migrations.ts'
import { connectPostgres, MIGRATION_LOCK_MS, withShortLocks } from '../../src/db/postgres.ts'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { aSandbox, later, orderOf, QUICK, tempFolder, until, withWorkflow } from '../support/bot.ts'
import { bareDatabase } from '../support/test-database.ts'

/** What the next version adds, as docs/upgrade.md lets it: to the tables that a runner reads and writes all the time. */
const NEXT = {
  '9001-next': {
    async up(db: Kysely<unknown>) {
      for (const table of ['batch_tasks', 'task_executions', 'runs', 'workflows'])
        await db.schema
          .alterTable(table)
          .addColumn('next_note', 'text')
          .addColumn('next_count', 'integer', (column) => column.notNull().defaultTo(0))
          .execute()
      await db.schema
        .createTable('next_things')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .execute()
      await db.schema.createIndex('next_of_task').on('task_executions').column('next_count').execute()
    },
  },
}

async function machines() {
  const url = await bareDatabase()
  const lines: string[] = []
  const log = pino({ level: 'warn' }, { write: (line) => lines.push(line) })
  const errors = () => lines.filter((line) => line.includes('"level":50'))
  const env = { DATABASE_URL: url, ROWBOT_SECRET_KEY: 'the same on all machines' }
  const machine = async () => {
    const config = readConfig({ ROWBOT_DATA_DIR: tempFolder(), ...env })
    const bot = await Rowbot.open({ config, log, timing: QUICK })
    later(() => bot.close())
    return bot
  }
  const connect = (lockMs = 0) => {
    const db = connectPostgres(url, { connections: 1, lockMs })
    later(() => db.destroy())
    return db
  }
  return { machine, connect, lines, errors }
}

test('a version before a migration goes on through it, starts anew after it, and every row runs once', async () => {
  const { machine, connect, lines, errors } = await machines()
  const sandbox = aSandbox({ delayMs: 10 })
  const before = await machine()
  const workflow = await withWorkflow(before, {
    baseUrl: sandbox.url,
    apiKey: 'app-sandbox-product-copywriter',
  })
  const first = await before.engine.submit(orderOf(workflow, 80, { concurrency: 4 }))
  before.startRunner()
  await until(
    () => sandbox.hits().length,
    (count) => count > 10,
  )

  const migrating = connect(MIGRATION_LOCK_MS)
  await withShortLocks(() => migrate(migrating, { ...MIGRATIONS, ...NEXT }))

  const after = await machine()
  expect(after.newerMigrations).toEqual(['9001-next'])
  expect(lines.join()).toContain('the database was migrated by a newer Rowbot')
  after.startRunner()
  const second = await after.engine.submit(
    orderOf(workflow, 40, { concurrency: 4 }, (row) => `second ${row}`),
  )
  const third = await before.engine.submit(orderOf(workflow, 20, { concurrency: 4 }, (row) => `third ${row}`))
  for (const { id } of [first, second, third]) {
    const task = await until(
      () => findTask(after.db, id),
      (found) => found?.status === 'completed',
    )
    expect(task?.counts).toMatchObject({ failed: 0, cancelled: 0 })
    for await (const rows of resultRows(before.db, id))
      for (const { row, outputs } of rows) expect(outputs?.['title']).toContain(`Kettle ${row} –`)
  }
  expect(sandbox.hits()).toHaveLength(140)
  expect(errors()).toEqual([])
})

test('a version that is too old for what a newer one has changed is refused, and says so', async () => {
  const { machine, connect } = await machines()
  await (await machine()).close()
  const db = connect()
  await migrate(db, { ...MIGRATIONS, ...NEXT })
  await db
    .updateTable('shared_values')
    .set({ value: '9001-next' })
    .where('name', '=', 'oldest version')
    .execute()
  await expect(machine()).rejects.toThrow('written by a newer Rowbot: this one does not know 9001-next')
})

test('a migration never waits long for a lock, so that those at work do not wait behind it', async () => {
  const { machine, connect } = await machines()
  const { db } = await machine()
  const [holder, migrating] = [connect(), connect(50)]
  const { promise: isOver, resolve: release } = Promise.withResolvers<void>()
  const { promise: holds, resolve: held } = Promise.withResolvers<void>()
  const reading = holder.transaction().execute(async (trx) => {
    await trx.selectFrom('batch_tasks').select('id').execute()
    held()
    await isOver
  })
  await holds
  let isMigrated = false
  const migration = withShortLocks(() => migrate(migrating, { ...MIGRATIONS, ...NEXT })).then(
    () => (isMigrated = true),
  )
  await until(
    () =>
      sql<{
        n: number
      }>`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock'`.execute(db),
    ({ rows }) => (rows[0]?.n ?? 0) > 0,
  )
  await db.selectFrom('batch_tasks').selectAll().execute()
  expect(isMigrated).toBe(false)
  release()
  await reading
  await migration
  expect(await db.selectFrom('batch_tasks').selectAll().execute()).toEqual([])
})
