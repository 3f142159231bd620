import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Clock } from '../src/engine/clock.ts'
import { CASES } from './admin/cases.ts'
import { openPage } from './admin/open-page.ts'
import { seed } from './admin/seed.ts'
import { FULL_SIZE, SEEDED_AT } from './admin/seed-plan.ts'
import { workBesideSubmit } from './admin/submit.ts'
import { viewOneTask } from './admin/viewers.ts'
import { quantile } from './support/figures.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { tableText } from './support/table.ts'

const WARM_UP = 5
/** Longer than any answer is cached. */
const JUMP_MS = 120_000

/** The page over a large database: first without the cache, then many viewers of one task. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({ args, options: { runs: { type: 'string', default: '100' } } })
  const runs = Number(values.runs)
  await withFolder(async (folder) => {
    console.log(machineText(folder))
    const began = performance.now()
    await seed(join(folder, 'rowbot.db'), FULL_SIZE)
    console.log(
      `admin: ${FULL_SIZE.tasks.toLocaleString('en')} tasks of ${FULL_SIZE.rowsPerTask} rows and one of ${FULL_SIZE.largeRows.toLocaleString('en')} (written in ${Math.round((performance.now() - began) / 1000)} s), ${runs} requests each, nothing kept between two`,
    )
    console.log(tableText(await measured(folder, runs)))
    console.log(viewedText(await viewOneTask(folder)))
    console.log(besideText(await workBesideSubmit(folder)))
  })
}

async function measured(folder: string, runs: number): Promise<string[][]> {
  let now = SEEDED_AT
  const clock: Clock = { now: () => now, monotonicNow: () => now, uptime: () => now, after: () => () => {} }
  const page = await openPage(folder, clock)
  const lines = [['what', 'p50 ms', 'p95 ms', 'queries', 'KB']]
  for (const [what, path] of Object.entries(CASES)) {
    const times: number[] = []
    let bytes = 0
    let queries = 0
    for (let i = -WARM_UP; i < runs; i++) {
      now += JUMP_MS
      const asked = page.queries()
      const before = performance.now()
      const answer = await page.get(path)
      bytes = (await answer.arrayBuffer()).byteLength
      if (i >= 0) times.push(performance.now() - before)
      queries = page.queries() - asked
      if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}`)
    }
    lines.push([
      what,
      quantile(times, 0.5).toFixed(1),
      quantile(times, 0.95).toFixed(1),
      String(queries),
      (bytes / 1024).toFixed(1),
    ])
  }
  await page.close()
  return lines
}

function viewedText({
  viewers,
  asked,
  unchanged,
  queriesASecond,
  cpuPercent,
}: Awaited<ReturnType<typeof viewOneTask>>): string {
  return `${viewers} viewers of one running task: ${asked} requests, ${unchanged} of them answered “unchanged”, ${queriesASecond.toFixed(2)} queries a second, ${cpuPercent.toFixed(0)} % of one core.`
}

function besideText({ submitMs, waits }: Awaited<ReturnType<typeof workBesideSubmit>>): string {
  const lines = waits.map(({ what, p50Ms, longestMs }) => [what, p50Ms.toFixed(1), longestMs.toFixed(0)])
  return `While a task of 100,000 rows is submitted (${(submitMs / 1_000).toFixed(1)} s), others wait:\n${tableText([['what', 'p50 ms', 'longest ms'], ...lines])}`
}
