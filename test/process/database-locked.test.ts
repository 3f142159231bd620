import { expect, test } from 'bun:test'
import { join } from 'node:path'
import pino from 'pino'
import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { healthOf } from '../../src/serve/health.ts'
import { servePage } from '../../src/serve/page-server.ts'
import { aSandbox, later, orderOf, tempFolder, until, withWorkflow, QUICK } from '../support/bot.ts'
import { freePort } from '../support/free-port.ts'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { waitClock } from '../support/own-time.ts'

const LOCKED = 'the database cannot be written: rows wait'
const TOKEN = 'the-admin-token-of-tests'

/** The page with its runner, and an app whose runs cannot be found again: a result that is lost is paid twice. */
async function aServer(lockWaitMs: number) {
  const folder = tempFolder()
  const sandbox = aSandbox({ delayMs: 20 })
  const messages: unknown[] = []
  const bot = await Rowbot.open({
    config: readConfig({ ROWBOT_DATA_DIR: folder, ROWBOT_PORT: String(freePort()) }),
    log: pino(
      { level: 'warn', base: null },
      { write: (line: string) => void messages.push(JSON.parse(line).msg) },
    ),
    timing: QUICK,
    lockWaitMs,
  })
  later(() => bot.close())
  const workflow = await withWorkflow(bot, { baseUrl: sandbox.url, apiKey: 'app-sandbox-slogan-writer' })
  const health = () => healthOf(bot, { isDraining: false, chats: {} })
  const page = await servePage(bot, { token: TOKEN, health })
  later(() => page.stop(0))
  const order = (rows: number) => {
    const ordered = orderOf(workflow, rows, { concurrency: 2 })
    return {
      ...ordered,
      rows: ordered.rows.map((row) => ({ ...row, inputs: { topic: `kettle ${row.row}` } })),
    }
  }
  return {
    bot,
    sandbox,
    messages,
    get: (path: string) => fetch(page.address + path, { headers: { authorization: `Bearer ${TOKEN}` } }),
    post: (path: string) =>
      fetch(page.address + path, { method: 'POST', headers: { authorization: `Bearer ${TOKEN}` } }),
    submit: (rows: number) => bot.engine.submit(order(rows)),
    ended: (id: string) =>
      until(
        () => findTask(bot.db, id),
        (task) => task?.status === 'completed' || task?.status === 'failed',
      ),
    lock: () => lockFile(join(folder, 'rowbot.db')),
  }
}

/** Another program locks the database. Resolves once it has; what it gives ends that program. */
async function lockFile(path: string): Promise<() => Promise<void>> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'lock-database.ts'), path], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'inherit',
  })
  const unlock = async () => {
    child.kill()
    await child.exited
  }
  later(unlock)
  const reader = child.stdout.getReader()
  expect((await reader.read()).done).toBe(false)
  return unlock
}

test('a running task waits for a lock to go, and goes on with every row called once', async () => {
  const { bot, sandbox, messages, submit, ended, lock } = await aServer(50)
  const { id } = await submit(20)
  bot.startRunner()
  await until(
    () => sandbox.hits(),
    (hits) => hits.length >= 3,
  )
  const unlock = await lock()
  // Over at Dify, and not written down: each result is only in our hands.
  await until(
    () => sandbox.hits(),
    (hits) => hits.every(({ finishedAt }) => finishedAt !== null),
  )
  await until(
    () => messages.filter((message) => message === LOCKED),
    (told) => told.length >= 3,
  )
  await unlock()
  expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 20 } })
  expect(sandbox.hits()).toHaveLength(20)
  expect(new Set(messages)).toEqual(new Set([LOCKED]))
})

test('/healthz and pages are answered within a second while rows and people wait for a lock', async () => {
  const { bot, sandbox, submit, ended, get, lock } = await aServer(60_000)
  const running = await submit(6)
  bot.startRunner()
  await until(
    () => sandbox.hits(),
    (hits) => hits.length >= 1,
  )
  const unlock = await lock()
  const waiting = submit(2)
  for (const path of ['/healthz', '/readyz', '/api/batch/', '/healthz']) {
    const waitMs = waitClock()
    expect((await get(path)).status).toBe(200)
    expect(waitMs()).toBeLessThan(1_000)
  }
  await unlock()
  expect(await ended((await waiting).id)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
  expect(await ended(running.id)).toMatchObject({ status: 'completed', counts: { succeeded: 6 } })
})

test('a lock that stays: who changes something reads a sentence, and nothing is changed', async () => {
  const { bot, submit, get, post, lock } = await aServer(50)
  const { id } = await submit(1)
  const unlock = await lock()
  await expect(submit(2)).rejects.toThrow('is locked by another program. Nothing was changed.')
  const paused = await post(`/api/batch/${id}/pause`)
  expect(paused.status).toBe(503)
  expect(await paused.json()).toMatchObject({
    code: 'unavailable',
    message: 'The database file rowbot.db is locked by another program. Nothing was changed.',
    hint: expect.stringContaining('find the program that has the file open'),
  })
  expect((await get('/healthz')).status).toBe(200)
  await unlock()
  expect(await findTask(bot.db, id)).toMatchObject({ status: 'pending' })
  expect(await bot.db.selectFrom('batch_tasks').select('id').execute()).toEqual([{ id }])
})

test('a process that must end while the database is locked ends; the next one goes on', async () => {
  const { bot, sandbox, submit, ended, lock } = await aServer(50)
  const { id } = await submit(6)
  bot.startRunner()
  await until(
    () => sandbox.hits(),
    (hits) => hits.length >= 1,
  )
  const unlock = await lock()
  await bot.stopRunner(20)
  await unlock()
  bot.startRunner()
  expect(await ended(id)).toMatchObject({ status: 'completed' })
})
