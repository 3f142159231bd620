import { sql } from 'kysely'
import type { LeaseTiming } from '../../src/queue/jobs.ts'
import type { Cluster } from './cluster.ts'
import { ended } from './throughput.ts'

/** What happens to the worker that runs the task. */
export const ENDS = ['SIGKILL', 'SIGSTOP', 'SIGTERM'] as const
export type End = (typeof ENDS)[number]

export interface TakeOver {
  /** from the signal until another worker has the task */
  ms: number
  /** runs at Dify beyond one for each row */
  repeats: number
}

const ROWS = 300
const CONCURRENCY = 5
const BEFORE_THE_END = 20
const LOOK_EVERY_MS = 10

/** One worker has a task and ends so; another one runs beside it. @throws if a row is missing in the end */
export async function measureTakeOver(
  cluster: Cluster,
  end: End,
  lease: Partial<LeaseTiming>,
): Promise<TakeOver> {
  const { bot, sandbox } = cluster
  const callsBefore = (await sandbox.hits()).length
  const first = await cluster.worker(lease)
  const id = await cluster.submit(ROWS, CONCURRENCY)
  await until(cluster, id, ({ succeeded }) => succeeded >= BEFORE_THE_END)
  const second = await cluster.worker(lease)
  const { epoch } = await stateOf(cluster, id)

  const at = performance.now()
  first.kill(end)
  await until(cluster, id, (task) => task.epoch > epoch)
  const ms = performance.now() - at
  await ended({ bot }, [id])
  // Thawed now, it must not write anything.
  first.kill('SIGCONT')
  const { succeeded } = await stateOf(cluster, id)
  if (succeeded !== ROWS) throw new Error(`Only ${succeeded} of ${ROWS} rows have succeeded.`)
  const repeats = (await sandbox.hits()).length - callsBefore - ROWS
  await Promise.all([first.end(), second.end()])
  return { ms, repeats }
}

interface TaskState {
  epoch: number
  succeeded: number
}

async function stateOf({ bot }: Cluster, id: string): Promise<TaskState> {
  const { rows } = await sql<TaskState>`select epoch, succeeded from batch_tasks where id = ${id}`.execute(
    bot.db,
  )
  return rows[0] ?? { epoch: 0, succeeded: 0 }
}

async function until(cluster: Cluster, id: string, isSo: (task: TaskState) => boolean): Promise<void> {
  while (!isSo(await stateOf(cluster, id))) await Bun.sleep(LOOK_EVERY_MS)
}
