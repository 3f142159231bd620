import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { BusyMeasures, Busyness } from '../test/load/support/busy-slack.ts'
import { quantile } from './support/figures.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { tableText } from './support/table.ts'

const TIME_LIMIT_MS = 1_200_000

/** Many tasks in a Slack that enforces its limits, clicks on them, and a large workbook that is read meanwhile. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      tasks: { type: 'string', default: '30' },
      rows: { type: 'string', default: '20' },
      clicks: { type: 'string', default: '200' },
      faster: { type: 'string', default: '1' },
    },
  })
  const busy: Busyness = {
    tasks: Number(values.tasks),
    channels: 10,
    rows: Number(values.rows),
    rowMs: 2_000,
    faster: Number(values.faster),
    sheetRows: 100_000,
    clicks: Number(values.clicks),
  }
  console.log(
    `chats: ${busy.tasks} tasks of ${busy.rows} rows in ${busy.channels} channels, a workbook of ${busy.sheetRows} rows is read, one click after the other; Slack and Rowbot in one process`,
  )
  await withFolder(async (folder) => {
    console.log(machineText(folder))
    const measures = await measured(busy, join(folder, 'measures.json'))
    console.log(tableText(linesOf(measures)))
  })
}

async function measured(busy: Busyness, out: string): Promise<BusyMeasures> {
  const child = Bun.spawn(
    [process.execPath, 'test', '--timeout', String(TIME_LIMIT_MS), './bench/chats/measure.ts'],
    {
      cwd: join(import.meta.dir, '..'),
      env: { ...process.env, ROWBOT_BENCH_CHATS: JSON.stringify(busy), ROWBOT_BENCH_OUT: out },
      stdout: 'ignore',
      stderr: 'pipe',
    },
  )
  const said = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(said)
  return (await Bun.file(out).json()) as BusyMeasures // measure.ts has written it
}

function linesOf({ clickMs, duringRead, edits, mostEdits, tooMany, results, completed }: BusyMeasures) {
  const ms = (share: number) => `${quantile(clickMs, share).toFixed(0)} ms`
  return [
    [
      'clicks',
      'during the read',
      'p50',
      'p99',
      'slowest',
      'edits',
      'in the busiest minute',
      '429',
      'results',
      'done',
    ],
    [
      String(clickMs.length),
      String(duringRead),
      ms(0.5),
      ms(0.99),
      ms(1),
      String(edits),
      String(mostEdits),
      String(tooMany.length),
      String(results),
      String(completed),
    ],
  ]
}
