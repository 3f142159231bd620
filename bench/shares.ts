import { parseArgs } from 'node:util'
import { Client } from 'pg'
import { ThrottleSharing } from '../src/app/throttle-sharing.ts'
import { connectPostgres, openPostgres } from '../src/db/postgres.ts'
import type { Db } from '../src/db/schema.ts'
import { createSecretBox } from '../src/db/workflows/secret-box.ts'
import { saveWorkflow } from '../src/db/workflows/workflows.ts'
import { REAL_CLOCK } from '../src/engine/clock.ts'
import { Throttle } from '../src/engine/throttle.ts'
import { DEFAULT_TIMING } from '../src/engine/timing.ts'
import { median } from './support/figures.ts'
import { tableText } from './support/table.ts'

const ROUNDS = 15
const CALL_MS = 50
const LIMIT = 10
const LANES = 10
const WATCHED_MS = 10_000

/**
 * What it costs that several machines share the limits of a workflow, on the Postgres database at DATABASE_URL or --url,
 * which should be empty. `--other-url`: another database of that server, for machines that hear no notifications.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { url: { type: 'string' }, 'other-url': { type: 'string' } },
  })
  const url = values.url ?? process.env['DATABASE_URL']
  if (url === undefined) {
    console.log('Shares of limits: set DATABASE_URL to an empty Postgres database, or give --url.')
    return
  }
  await (await openPostgres(url)).destroy()
  const rows = [['', 'notified', ...(values['other-url'] ? ['every 2 s', 'every 250 ms'] : [])]]
  const ways = [{ listens: url, renewMs: 2_000 }]
  const deaf = values['other-url']
  if (deaf) ways.push({ listens: deaf, renewMs: 2_000 }, { listens: deaf, renewMs: 250 })
  const found: Found[] = []
  for (const way of ways) found.push(await measure(url, way))
  const line = (name: string, of: (one: Found) => string) => rows.push([name, ...found.map(of)])
  line('first slot of a second machine, median', ({ first }) => `${median(first).toFixed(0)} ms`)
  line('the longest', ({ first }) => `${Math.max(...first).toFixed(0)} ms`)
  line('all slots of a machine that has ended, median', ({ rest }) => `${median(rest).toFixed(0)} ms`)
  line('calls of two machines a second', ({ calls }) => calls.toFixed(0))
  line('transactions a second, of each machine', ({ transactions }) => transactions.toFixed(2))
  console.log(tableText(rows))
  console.log(`one process, nothing shared: ${(await alone()).toFixed(0)} calls a second`)
}

interface Found {
  first: number[]
  rest: number[]
  calls: number
  transactions: number
}

/** @param listens where machines listen for notifications: in another database they hear none */
async function measure(
  url: string,
  { listens, renewMs }: { listens: string; renewMs: number },
): Promise<Found> {
  const db = connectPostgres(url)
  const workflowId = await aWorkflow(db)
  const start = () => startMachine(db, listens, workflowId, renewMs)
  const first: number[] = []
  const rest: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const [a, b] = [start(), start()]
    a.work(LANES)
    await until(() => a.underWay() === LIMIT)
    const began = performance.now()
    b.work(LANES)
    await until(() => b.underWay() > 0)
    first.push(performance.now() - began)
    await until(() => b.underWay() === LIMIT / 2)
    const ended = performance.now()
    const ending = a.end()
    await until(() => b.underWay() === LIMIT)
    rest.push(performance.now() - ended)
    await ending
    await b.end()
  }
  const both = [start(), start()]
  for (const machine of both) machine.work(LANES)
  await until(() => both.every(({ underWay }) => underWay() > 0))
  await Bun.sleep(renewMs)
  const before = { calls: both.map(({ calls }) => calls()), commits: await commits(url) }
  await Bun.sleep(WATCHED_MS)
  const seconds = WATCHED_MS / 1_000
  const transactions = ((await commits(url)) - before.commits) / seconds / both.length
  const calls = both.reduce((sum, one, at) => sum + one.calls() - (before.calls[at] ?? 0), 0) / seconds
  for (const machine of both) await machine.end()
  await db.destroy()
  return { first, rest, calls, transactions }
}

async function aWorkflow(db: Db): Promise<string> {
  const id = crypto.randomUUID()
  const app = { name: id, description: '', mode: 'workflow', variables: [], fileLimits: {} } as const
  const box = createSecretBox('a secret for the bench')
  await saveWorkflow(db, box, {
    id,
    baseUrl: 'http://127.0.0.1:1/v1',
    apiKey: `app-${id}`,
    app: { ...app, variables: [] },
    limit: LIMIT,
    now: 0,
  })
  return id
}

function startMachine(db: Db, url: string, workflowId: string, renewMs: number) {
  const sharing = new ThrottleSharing({
    db,
    url,
    machine: crypto.randomUUID(),
    clock: REAL_CLOCK,
    timing: DEFAULT_TIMING,
    shareTiming: { renewMs },
    onFault: (fault) => console.error(fault),
  })
  const throttle = sharing.join(
    workflowId,
    (others) => new Throttle({ atOnce: LIMIT }, REAL_CLOCK, DEFAULT_TIMING, Math.random, others),
  )
  const lanes = startLanes(throttle)
  return {
    ...lanes,
    async end() {
      await lanes.end()
      await sharing.close()
    },
  }
}

function startLanes(throttle: Throttle) {
  const ending = new AbortController()
  const running: Promise<void>[] = []
  let underWay = 0
  let calls = 0
  async function lane(): Promise<void> {
    for (;;) {
      const slot = await throttle.slot(ending.signal)
      if (!slot) return
      underWay++
      calls++
      await Bun.sleep(CALL_MS)
      underWay--
      slot.ended({ kind: 'succeeded', outputs: {}, usage: {} }, 'a row')
      slot.release()
    }
  }
  return {
    underWay: () => underWay,
    calls: () => calls,
    work(lanes: number) {
      for (let each = 0; each < lanes; each++) running.push(lane())
    },
    async end() {
      ending.abort()
      await Promise.all(running)
    },
  }
}

async function alone(): Promise<number> {
  const lanes = startLanes(new Throttle({ atOnce: LIMIT }, REAL_CLOCK, DEFAULT_TIMING))
  lanes.work(LANES * 2)
  await Bun.sleep(WATCHED_MS)
  const calls = lanes.calls()
  await lanes.end()
  return calls / (WATCHED_MS / 1_000)
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1)
}

/** Postgres counts them a second late at most. */
async function commits(url: string): Promise<number> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await Bun.sleep(1_000)
  const { rows } = await client.query<{ commits: string }>(
    'select xact_commit as commits from pg_stat_database where datname = current_database()',
  )
  await client.end()
  return Number(rows[0]?.commits)
}
