import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Measured } from './engine/measured.ts'
import { median } from './support/figures.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { CONCURRENCY } from './support/rows.ts'
import { type SandboxProcess, spawnSandbox } from './support/sandbox.ts'
import { tableText } from './support/table.ts'
import { verifyRows } from './support/verify.ts'

const WARM_UP_ROWS = 300
const DELAYS_MS = [0, 50]
const CASES = ['bare', 'rowbot'] as const
type Case = (typeof CASES)[number]

/** A row’s whole path next to a bare loop that stores nothing: what durability costs. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { rows: { type: 'string', default: '2000' }, rounds: { type: 'string', default: '3' } },
  })
  const rows = Number(values.rows)
  console.log(
    `engine: ${rows} rows, ${CONCURRENCY} at once, a local server in another process, medians of ${values.rounds} rounds`,
  )
  await withFolder(async (folder) => console.log(machineText(folder)))

  const lines = [['case', 'makespan', 'to bare', 'rows/s', 'CPU ms/row', 'peak RSS']]
  for (const delayMs of DELAYS_MS) {
    const sandbox = await spawnSandbox(delayMs)
    try {
      lines.push(...linesOf(delayMs, rows, await rounds(sandbox, rows, Number(values.rounds))))
    } finally {
      await sandbox.stop()
    }
  }
  console.log(tableText(lines))
  console.log('Every row of every round was read back from the database file and had its own answer.')
}

type Results = Record<Case, Measured[]>

async function rounds(sandbox: SandboxProcess, rows: number, count: number): Promise<Results> {
  const results: Results = { bare: [], rowbot: [] }
  for (let round = 0; round < count; round++) {
    // Alternating, so that a busy moment of the machine affects both.
    for (const name of CASES) results[name].push(await measure(name, sandbox, rows))
  }
  return results
}

function measure(name: Case, sandbox: SandboxProcess, rows: number): Promise<Measured> {
  return withFolder(async (folder) => {
    const program = join(import.meta.dir, 'engine', `${name}-case.ts`)
    const args = [sandbox.url, String(rows), String(WARM_UP_ROWS), folder]
    const child = Bun.spawn([process.execPath, program, ...args], { stdout: 'pipe', stderr: 'inherit' })
    const text = await new Response(child.stdout).text()
    if ((await child.exited) !== 0) throw new Error(`The case “${name}” broke down.`)
    // `as`: the case prints exactly this.
    const measured = JSON.parse(text) as Measured
    if (measured.taskId !== undefined) verifyRows(folder, measured.taskId, rows)
    return measured
  })
}

function linesOf(delayMs: number, rows: number, results: Results): string[][] {
  const bareMs = median(results.bare.map(({ ms }) => ms))
  return CASES.map((name) => {
    const of = (key: 'ms' | 'cpuMs' | 'peakMb') => median(results[name].map((measured) => measured[key]))
    return [
      `${name}, ${delayMs} ms a row`,
      `${(of('ms') / 1000).toFixed(2)} s`,
      (of('ms') / bareMs).toFixed(3),
      (rows / (of('ms') / 1000)).toFixed(0),
      (of('cpuMs') / rows).toFixed(3),
      `${of('peakMb').toFixed(0)} MB`,
    ]
  })
}
