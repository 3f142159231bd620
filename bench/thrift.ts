import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from './support/figures.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { CONCURRENCY } from './support/rows.ts'
import { type SandboxProcess, spawnSandbox } from './support/sandbox.ts'
import { tableText } from './support/table.ts'
import { verifyRows } from './support/verify.ts'
import type { MeasuredThrift } from './thrift/measured-thrift.ts'

const WARM_UP_ROWS = 300
const CASES = ['with', 'without'] as const
type Case = (typeof CASES)[number]

/** What it costs to know which rows need no call and which answers to look at: hashes and judge, at 0 ms a row. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rows: { type: 'string', default: '2000' }, rounds: { type: 'string', default: '7' } },
  })
  const rows = Number(values.rows)
  console.log(
    `thrift: ${rows} rows of 0 ms, ${CONCURRENCY} at once, with and without hashes and judge, medians of ${values.rounds} rounds`,
  )
  await withFolder(async (folder) => console.log(machineText(folder)))

  const results: Record<Case, MeasuredThrift[]> = { with: [], without: [] }
  const sandbox = await spawnSandbox(0)
  try {
    for (let round = 0; round < Number(values.rounds); round++) {
      // In turns, and now one first, now the other, so that a busy moment of the machine affects both.
      const turns = round % 2 === 0 ? CASES : CASES.toReversed()
      for (const name of turns) results[name].push(await measure(name, sandbox, rows))
    }
  } finally {
    await sandbox.stop()
  }
  console.log(tableText(linesOf(rows, results)))
  console.log(shareText(results.with))
}

function measure(name: Case, sandbox: SandboxProcess, rows: number): Promise<MeasuredThrift> {
  return withFolder(async (folder) => {
    const program = join(import.meta.dir, 'thrift', 'thrift-case.ts')
    const args = [name, sandbox.url, String(rows), String(WARM_UP_ROWS), folder]
    const child = Bun.spawn([process.execPath, program, ...args], { stdout: 'pipe', stderr: 'inherit' })
    const text = await new Response(child.stdout).text()
    if ((await child.exited) !== 0) throw new Error(`The case “${name}” broke down.`)
    // `as`: the case prints exactly this.
    const measured = JSON.parse(text) as MeasuredThrift
    if (measured.taskId !== undefined) verifyRows(folder, measured.taskId, rows)
    return measured
  })
}

function linesOf(rows: number, results: Record<Case, MeasuredThrift[]>): string[][] {
  const of = (name: Case, key: 'ms' | 'cpuMs') => median(results[name].map((measured) => measured[key]))
  const lines = CASES.map((name) => [
    `${name} hashes and judge`,
    `${(of(name, 'ms') / 1000).toFixed(2)} s`,
    (of(name, 'cpuMs') / rows).toFixed(3),
  ])
  // Of each round by itself: its two cases ran one after the other.
  const ratio = (key: 'ms' | 'cpuMs') =>
    median(results.with.map((measured, i) => measured[key] / (results.without[i]?.[key] ?? Number.NaN)))
  return [
    ['case', 'makespan', 'CPU ms/row'],
    ...lines,
    ['with to without', ratio('ms').toFixed(3), ratio('cpuMs').toFixed(3)],
  ]
}

/** More exact than the ratio of two runs: both parts once more by themselves, in the process that has just run the rows. */
function shareText(measured: MeasuredThrift[]): string {
  const share = (key: 'hashMs' | 'judgeMs') =>
    (100 * median(measured.map((one) => one[key] / (one.cpuMs - one.hashMs - one.judgeMs)))).toFixed(2)
  return `By themselves, of the CPU of the rest: hashes ${share('hashMs')} %, judge ${share('judgeMs')} %.`
}
