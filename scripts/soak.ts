import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { machineText } from '../bench/support/machine.ts'
import { tableText } from '../bench/support/table.ts'
import type { SoakReport } from '../test/process/soak/soak.ts'

/*
 * `bun run soak [--minutes 10]`: mixed work for so long, in one process of `rowbot serve`, and what that process takes: its
 * memory after a collection, files and sockets, database, and how late its event loop is. See docs/chaos.md.
 */
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } })
const minutes = Number(values.minutes)
if (!(minutes > 0)) {
  console.error('Usage: bun run soak [--minutes M]')
  process.exit(2)
}
const folder = mkdtempSync(join(tmpdir(), 'rowbot-soak-'))
const out = join(folder, 'report.json')
console.log(`soak: ${minutes} minutes`)
console.log(machineText(folder))
const child = Bun.spawn([process.execPath, 'test', './test/process/soak/measure.ts'], {
  cwd: join(import.meta.dir, '..'),
  env: { ...process.env, ROWBOT_SOAK_MINUTES: String(minutes), ROWBOT_SOAK_OUT: out },
  stdout: 'ignore',
  stderr: 'pipe',
})
const said = await new Response(child.stderr).text()
process.exitCode = await child.exited
const file = Bun.file(out)
if (await file.exists()) tell((await file.json()) as SoakReport) // measure.ts has written it
if (process.exitCode !== 0) console.error(said)
rmSync(folder, { recursive: true, force: true })

function tell({ measures, tasks, rows, slopes, loads }: SoakReport): void {
  console.log(
    `${tasks} tasks, ${rows} rows; load of the machine ${loads.map((load) => load.toFixed(1)).join(' to ')}`,
  )
  const lines = measures.map((one) => [
    (one.atMs / 60_000).toFixed(1),
    one.rssMb.toFixed(0),
    one.heapMb.toFixed(1),
    String(one.objects),
    String(one.handles),
    one.databaseMb.toFixed(2),
    one.lagMs.toFixed(0),
  ])
  console.log(
    tableText([['minute', 'RSS MB', 'heap MB', 'objects', 'handles', 'database MB', 'lag p99 ms'], ...lines]),
  )
  console.log('By the second half, a minute (linear fit):')
  console.log(
    tableText([['what', 'a minute'], ...Object.entries(slopes).map(([what, by]) => [what, by.toFixed(3)])]),
  )
}
