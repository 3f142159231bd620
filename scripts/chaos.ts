import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { StormReport } from '../test/process/chaos/storm.ts'

/*
 * `bun run chaos [--seed N] [--minutes M] [--database sqlite|postgres] [--steps]`: a storm on the whole product, as
 * docs/chaos.md tells it. The seed decides what happens and in which order; with the same one the same is done again, and
 * how far the product is at each step is up to the machine.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    minutes: { type: 'string', default: '5' },
    database: { type: 'string', default: 'sqlite' },
    steps: { type: 'boolean', default: false },
  },
})
const seed = Number(values.seed ?? randomInt(1_000_000))
const minutes = Number(values.minutes)
if (!Number.isSafeInteger(seed) || !(minutes > 0) || !['sqlite', 'postgres'].includes(values.database)) {
  console.error('Usage: bun run chaos [--seed N] [--minutes M] [--database sqlite|postgres] [--steps]')
  process.exit(2)
}
console.log(`chaos: seed ${seed}, ${minutes} minutes, ${values.database}`)

const folder = mkdtempSync(join(tmpdir(), 'rowbot-chaos-'))
const out = join(folder, 'report.json')
const child = Bun.spawn([process.execPath, 'test', './test/process/chaos.test.ts'], {
  cwd: join(import.meta.dir, '..'),
  env: {
    ...process.env,
    TEST_DATABASE: values.database,
    ROWBOT_CHAOS_SEED: String(seed),
    ROWBOT_CHAOS_MINUTES: String(minutes),
    ROWBOT_CHAOS_OUT: out,
    ...(values.steps && { ROWBOT_CHAOS_STEPS: '1' }),
  },
  stdout: values.steps ? 'inherit' : 'ignore',
  stderr: 'pipe',
})
const said = await new Response(child.stderr).text()
const code = await child.exited
const file = Bun.file(out)
if (await file.exists()) tell((await file.json()) as StormReport) // chaos.test.ts has written it
else console.error(said)
rmSync(folder, { recursive: true, force: true })
process.exitCode = code

function tell({ steps, kills, tasks, fromChat, runs, faults, ends, acts, hasDisk }: StormReport): void {
  console.log(
    `${steps} steps, ${kills} kills (SIGKILL), ${tasks} tasks by the API, ${fromChat} by the chat, ${runs} runs at Dify`,
  )
  console.log(
    Object.entries(acts)
      .toSorted(([, a], [, b]) => b - a)
      .map(([act, times]) => `${act} ${times}`)
      .join(', '),
  )
  if (!hasDisk) console.log('The disk was never full: only root can mount one that is small.')
  for (const end of ends) console.log(`✖ It ended by itself: ${end}`)
  for (const fault of faults) console.log(`✖ ${fault}`)
  const isTrue = faults.length === 0 && ends.length === 0
  console.log(
    isTrue
      ? 'Everything that must be true was true.'
      : `Again: bun run chaos --seed ${seed} --minutes ${minutes}`,
  )
}
