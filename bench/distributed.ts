import { parseArgs } from 'node:util'
import { LEASE, type LeaseTiming } from '../src/queue/jobs.ts'
import { type Cluster, withCluster } from './distributed/cluster.ts'
import { ENDS, measureTakeOver, type TakeOver } from './distributed/take-over.ts'
import { measureThroughput, type Throughput } from './distributed/throughput.ts'
import { median } from './support/figures.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { tableText } from './support/table.ts'

/** As many as a worker is given here, so that not the cores alone say how fast it is. */
const TASKS_AT_ONCE = 5
/** What a run of a task takes over, for those who want it sooner and ask the database more often for it. */
const TIGHT: Partial<LeaseTiming> = { silentSeconds: 10, superviseSeconds: 1, beatMs: 2_000, pollMs: 500 }

/**
 * Several processes on one Postgres: rows a second, what a row costs the database, and how soon a dead process's tasks
 * run on. `--only throughput|take-over` for one of the two.
 */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      workers: { type: 'string', default: '1,2,4' },
      tasks: { type: 'string', default: '40' },
      rows: { type: 'string', default: '50' },
      times: { type: 'string', default: '3' },
      only: { type: 'string' },
    },
  })
  console.log('distributed: processes on one Postgres, which flushes each commit; a local server as Dify')
  await withFolder(async (folder) => console.log(machineText(folder)))
  if (values.only !== 'take-over') {
    const counts = values.workers.split(',').map(Number)
    await throughput(counts, Number(values.tasks), Number(values.rows))
  }
  if (values.only !== 'throughput') await takeOvers(Number(values.times))
}

async function throughput(counts: number[], tasks: number, rows: number): Promise<void> {
  await withCluster(50, async (cluster) => {
    console.log(
      `\n${tasks} tasks of ${rows} rows, 50 ms a row, one row of a task at a time, ${TASKS_AT_ONCE} tasks at once in a worker`,
    )
    const lines = [HEADING]
    let alone = 0
    for (const workers of counts) {
      const load = { workers, tasks, rows, concurrency: 1, tasksAtOnce: TASKS_AT_ONCE }
      const measured = await measureThroughput(cluster, load)
      const aWorker = rowsASecond(measured) / workers
      alone ||= aWorker
      lines.push([...lineOf(workers, measured), (aWorker / alone).toFixed(2)])
    }
    console.log(tableText(lines))
  })
  await withCluster(0, async (cluster) => {
    console.log(
      '\nThe same with rows of 0 ms, two of a task at a time, and all tasks at once: what the cores give',
    )
    const lines = [HEADING.slice(0, -1)]
    for (const workers of counts) {
      const load = { workers, tasks, rows, concurrency: 2, tasksAtOnce: 200 }
      lines.push(lineOf(workers, await measureThroughput(cluster, load)))
    }
    console.log(tableText(lines))
  })
}

const HEADING = [
  'workers',
  'rows/s',
  'CPU ms/row: worker',
  'Postgres',
  'cores busy',
  'statements/row',
  'round trips/row',
  'KB/row: sent',
  'received',
  'written ahead',
  'to linear',
]

function lineOf(workers: number, { rows, ms, postgresCpuMs, walBytes, used }: Throughput): string[] {
  const perRow = (amount: number, digits = 2) => (amount / rows).toFixed(digits)
  return [
    String(workers),
    (rows / (ms / 1000)).toFixed(0),
    perRow(used.cpuMs),
    perRow(postgresCpuMs),
    ((used.cpuMs + postgresCpuMs) / ms).toFixed(2),
    perRow(used.statements, 1),
    perRow(used.roundTrips, 1),
    perRow(used.bytesSent / 1024, 1),
    perRow(used.bytesReceived / 1024, 1),
    perRow(walBytes / 1024, 1),
  ]
}

function rowsASecond({ rows, ms }: Throughput): number {
  return rows / (ms / 1000)
}

async function takeOvers(times: number): Promise<void> {
  console.log(
    `\nHow long a task stands still when its worker ends, of ${times} times; 100 ms a row, five at once`,
  )
  const lines = [['the worker gets', 'lease', 'median', 'longest', 'repeats: most']]
  await withCluster(100, async (cluster) => {
    for (const end of ENDS)
      for (const [name, lease] of [['default', LEASE] as const, ['tight', TIGHT] as const])
        lines.push([end, name, ...(await takeOverCells(cluster, end, lease, times))])
  })
  console.log(tableText(lines))
}

async function takeOverCells(
  cluster: Cluster,
  end: (typeof ENDS)[number],
  lease: Partial<LeaseTiming>,
  times: number,
): Promise<string[]> {
  const all: TakeOver[] = []
  for (let time = 0; time < times; time++) all.push(await measureTakeOver(cluster, end, lease))
  const seconds = all.map(({ ms }) => ms / 1000)
  return [
    `${median(seconds).toFixed(2)} s`,
    `${Math.max(...seconds).toFixed(2)} s`,
    String(Math.max(...all.map(({ repeats }) => repeats))),
  ]
}
