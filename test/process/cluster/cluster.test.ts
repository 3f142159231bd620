import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { resultRows } from '../../../src/db/rows/result-rows.ts'
import { listLogs } from '../../../src/db/tasks/logs.ts'
import type { Rowbot } from '../../../src/app/rowbot.ts'
import { aSandbox, later, openBot, orderOf, tempFolder, until, withWorkflow } from '../../support/bot.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { type PostgresServer, startPostgres } from '../../support/postgres.ts'
import { aTcpProxy } from '../../support/tcp-proxy.ts'

const SECRET = { ROWBOT_SECRET_KEY: 'a secret for tests only' }
const WORKER = join(import.meta.dir, 'worker.ts')
const HOUR_MS = 3_600_000
const ROWS = 100
/** A busy machine must not fail a test: how long it takes is measured (docs/scaling.md). */
const SLACK = 5

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.remove())

/** A database of its own, a Dify, and a process that runs no tasks itself but lets people act. */
async function aCluster({ delayMs = 100 } = {}) {
  const name = `cluster_${crypto.randomUUID().slice(0, 8)}`
  const client = new Bun.SQL(server.url)
  await client.unsafe(`create database ${name}`)
  await client.close()
  const url = server.url.replace(/postgres$/, name)
  const sandbox = aSandbox({ delayMs })
  const bot = await openBot(tempFolder(), undefined, { DATABASE_URL: url, ...SECRET })
  const workflow = await withWorkflow(bot, {
    baseUrl: sandbox.url,
    apiKey: 'app-sandbox-product-copywriter',
    limit: 50,
  })
  return {
    bot,
    sandbox,
    url,
    /** Starts a process that runs tasks. */
    worker: async (env: Record<string, string> = {}) => {
      const worker = Bun.spawn(['bun', WORKER], {
        env: { ...process.env, ...SECRET, ROWBOT_DATA_DIR: tempFolder(), DATABASE_URL: url, ...env },
        stdout: 'pipe',
        stderr: process.env['TEST_LOG'] ? 'inherit' : 'ignore',
      })
      later(() => {
        worker.kill('SIGKILL')
        return worker.exited
      })
      for await (const _ of worker.stdout) break
      return worker
    },
    submit: (rows: number, concurrency = LANES) =>
      bot.engine.submit(orderOf(workflow, rows, { concurrency })),
    find: (id: string) => found(bot, id),
    ended: (id: string) =>
      until(
        () => found(bot, id),
        ({ status }) => status !== 'pending' && status !== 'running',
      ),
    /** Every row of the task has its own result, and no row was called again whose call Dify knew of. */
    async expectWhole(id: string, rows: number) {
      expect((await found(bot, id)).counts).toMatchObject({
        total: rows,
        succeeded: rows,
        failed: 0,
        left: 0,
      })
      for await (const chunk of resultRows(bot.db, id))
        for (const { row, outputs } of chunk) expect(outputs?.['title']).toContain(`Kettle ${row} –`)
      const hits = sandbox.hits().filter(({ user }) => user.includes(`-${id}-`))
      const byRow = Map.groupBy(hits, ({ inputs }) => String(inputs['name']))
      expect(byRow.size).toBe(rows)
      expect([...byRow.values()].filter((all) => all.length > 1)).toEqual([])
    },
    /** When the task was taken for the last time. */
    takenAt: async (id: string) =>
      (await listLogs(bot.db, { taskId: id, limit: 10_000 })).find(({ event }) => event === 'task.taken')
        ?.at ?? Number.NaN,
    /** How often the task was taken. */
    takes: async (id: string) =>
      (await listLogs(bot.db, { taskId: id, limit: 10_000 })).filter(({ event }) => event === 'task.taken')
        .length,
  }
}

const LANES = 5

async function found(bot: Rowbot, id: string) {
  const task = await findTask(bot.db, id)
  if (!task) throw new Error(`no task ${id}`)
  return task
}

test('a worker that is killed, one that is frozen and one that is cut off lose their tasks to others within 30 s, and nothing is called twice', async () => {
  const cluster = await aCluster()
  const { bot, sandbox, submit, worker, find, ended } = cluster
  const proxy = aTcpProxy(Number(new URL(cluster.url).port))
  const proxied = cluster.url.replace(/:\d+\//, `:${proxy.port}/`)
  const owners = []
  for (const env of [{}, {}, { DATABASE_URL: proxied }]) {
    const running = await worker(env)
    const { id } = await submit(ROWS)
    owners.push({ worker: running, id })
    await until(
      () => find(id),
      ({ counts }) => counts.succeeded > 3,
    )
    await bot.engine.pause(id, 'mei') // so that it stays where it is until all three run
    await until(
      () => find(id),
      ({ counts }) => counts.succeeded + counts.left === ROWS,
    )
  }
  const [killed, frozen] = owners
  for (const { id } of owners) {
    const before = (await find(id)).counts.succeeded
    await bot.engine.resume(id, 'mei')
    await until(
      () => find(id),
      ({ counts }) => counts.succeeded > before + 3,
    )
  }
  const other = await worker({ SKEW_MS: String(-HOUR_MS) })
  killed?.worker.kill('SIGKILL')
  frozen?.worker.kill('SIGSTOP')
  proxy.swallow()
  const at = bot.clock.now()
  for (const { id } of owners) {
    expect((await ended(id)).status).toBe('completed')
    expect((await cluster.takenAt(id)) - at).toBeLessThan(30_000 * SLACK)
  }
  frozen?.worker.kill('SIGCONT')
  proxy.heal()

  // Those that are back find that their tasks have ended, and run others.
  other.kill('SIGKILL')
  const { id: next } = await submit(40)
  await ended(next)
  for (const { id } of owners) await cluster.expectWhole(id, ROWS)
  await cluster.expectWhole(next, 40)
  expect(sandbox.stops()).toEqual([])
}, 120_000)

test('a worker that is asked to end hands its tasks over at once, and nothing is called twice', async () => {
  const cluster = await aCluster({ delayMs: 300 })
  const { submit, worker, find, ended, sandbox } = cluster
  const first = await worker()
  const { id } = await submit(60, 10)
  await until(
    () => find(id),
    ({ counts }) => counts.succeeded > 5,
  )
  await worker({ SKEW_MS: String(HOUR_MS) })
  first.kill('SIGTERM')
  expect(await first.exited).toBe(0)
  await ended(id)
  await cluster.expectWhole(id, 60)
  expect(await cluster.takes(id)).toBe(2)
  expect(sandbox.stops()).toEqual([])
}, 60_000)

test.each(['fast', 'immediate'] as const)(
  'when Postgres is restarted (%s) in the middle, rows wait, and nothing is called twice or lost',
  async (how) => {
    const cluster = await aCluster()
    const { submit, worker, find, ended } = cluster
    await worker()
    await worker()
    const tasks = [await submit(60), await submit(60)]
    for (const { id } of tasks)
      await until(
        () => find(id),
        ({ counts }) => counts.succeeded > 5,
      )
    await server.stop(how)
    await server.start()
    for (const { id } of tasks) await ended(id)
    for (const { id } of tasks) await cluster.expectWhole(id, 60)
  },
  60_000,
)

test('a stop reaches a worker on another machine within 3 s, which stops the runs at Dify', async () => {
  const { bot, sandbox, submit, worker, find } = await aCluster({ delayMs: 60_000 })
  await worker()
  const { id } = await submit(10)
  await until(
    () => sandbox.hits().filter(({ idsSentAt }) => idsSentAt !== null).length,
    (count) => count === 5,
  )
  const at = performance.now()
  await bot.engine.stop(id, 'mei')
  await until(
    () => sandbox.stops().length,
    (count) => count === 5,
  )
  expect(performance.now() - at).toBeLessThan(3_000 * SLACK)
  expect((await find(id)).status).toBe('cancelled')
}, 60_000)
