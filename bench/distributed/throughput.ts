import { sql } from 'kysely'
import type { Cluster } from './cluster.ts'
import type { WorkerFigures } from './worker-process.ts'

export interface Load {
  workers: number
  tasks: number
  /** of each task */
  rows: number
  concurrency: number
  /** how many tasks a worker runs at once */
  tasksAtOnce: number
}

export interface Throughput {
  rows: number
  /** from the first row's start to the last one's end */
  ms: number
  postgresCpuMs: number
  walBytes: number
  /** by all workers together */
  used: WorkerFigures
}

const WARM_UP_ROWS = 100

/** Runs the tasks to their end on so many processes. @throws if a row is missing or has been called twice */
export async function measureThroughput(cluster: Cluster, load: Load): Promise<Throughput> {
  const { bot, sandbox } = cluster
  const workers = await Promise.all(
    Array.from({ length: load.workers }, () => cluster.worker({}, load.tasksAtOnce)),
  )
  const warmUp = await Promise.all(workers.map(() => cluster.submit(WARM_UP_ROWS, 10)))
  await ended(cluster, warmUp)

  const callsBefore = (await sandbox.hits()).length
  const before = await Promise.all(workers.map((worker) => worker.figures()))
  const postgresBefore = cluster.postgresCpuMs()
  const walBefore = await cluster.walBytes()
  const ids: string[] = []
  for (let task = 0; task < load.tasks; task++) ids.push(await cluster.submit(load.rows, load.concurrency))
  const submittedMs = cluster.postgresCpuMs()
  await ended(cluster, ids)
  const after = await Promise.all(workers.map((worker) => worker.figures()))
  const { rows } = await sql<{ done: number; ms: number }>`
    select cast(count(*) as integer) as done,
      cast(max(finished_at) - min(attempted_at) as double precision) as ms
    from task_executions where status = 'succeeded' and task_id in (${sql.join(ids)})`.execute(bot.db)
  const done = rows[0]?.done ?? 0
  const calls = (await sandbox.hits()).length - callsBefore
  if (done !== load.tasks * load.rows) throw new Error(`Only ${done} rows have succeeded.`)
  if (calls !== done) throw new Error(`${calls} calls were made for ${done} rows.`)
  const walBytes = (await cluster.walBytes()) - walBefore
  const postgresCpuMs = cluster.postgresCpuMs() - Math.max(postgresBefore, submittedMs)
  await Promise.all(workers.map((worker) => worker.end()))
  return {
    rows: done,
    ms: rows[0]?.ms ?? Number.NaN,
    postgresCpuMs,
    walBytes,
    used: usedBetween(before, after),
  }
}

/** The database is asked for it seldom: that is its work, too. */
const LOOK_EVERY_MS = 200

export async function ended({ bot }: Pick<Cluster, 'bot'>, ids: string[]): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ status: string; count: number }>`
      select status, cast(count(*) as integer) as count from batch_tasks
      where id in (${sql.join(ids)}) group by status`.execute(bot.db)
    const going = rows.filter(({ status }) => status !== 'completed')
    if (going.length === 0) return
    const bad = going.find(({ status }) => status !== 'pending' && status !== 'running')
    if (bad) throw new Error(`A task is ${bad.status}.`)
    await Bun.sleep(LOOK_EVERY_MS)
  }
}

function usedBetween(before: WorkerFigures[], after: WorkerFigures[]): WorkerFigures {
  const sum = (key: keyof WorkerFigures) =>
    after.reduce((total, figures, i) => total + figures[key] - (before[i]?.[key] ?? 0), 0)
  return {
    cpuMs: sum('cpuMs'),
    roundTrips: sum('roundTrips'),
    statements: sum('statements'),
    bytesSent: sum('bytesSent'),
    bytesReceived: sum('bytesReceived'),
  }
}
