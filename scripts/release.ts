import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileOf, TARGETS } from './build/targets.ts'
import { examine } from './release/examine.ts'
import { notReady } from './release/not-ready.ts'
import packageJson from '../package.json'

/**
 * `bun run release`: builds every executable from a finished, committed state, and examines each: its checksum, the
 * machine it is for, and, where this machine can run it, its version and the demo from an empty folder. It publishes
 * nothing. With `--trial` the state need not be finished: to see whether a release would go well.
 */
const ROOT = join(import.meta.dir, '..')
const DIST = join(ROOT, 'dist')
const flags = process.argv.slice(2)
if (flags.some((flag) => flag !== '--trial')) end('bun run release takes no more than --trial.')

const reasons = await notReady(ROOT, packageJson.version)
if (reasons.length > 0 && !flags.includes('--trial')) end(reasons.join('\n'))
for (const reason of reasons) console.log(`! ${reason}`)

await mkdir(DIST, { recursive: true })
for (const name of await readdir(DIST)) if (name.startsWith('rowbot-')) await rm(join(DIST, name))
const { exited } = Bun.spawn([process.execPath, 'run', 'build'], {
  cwd: ROOT,
  stdio: ['ignore', 'inherit', 'inherit'],
})
if ((await exited) !== 0) end('The build has failed.')

let faults = 0
for (const target of TARGETS) {
  const { said, isFault } = await examine(DIST, target, packageJson.version)
  console.log(`${isFault ? '✖' : '✔'} ${fileOf(target)}: ${said}`)
  if (isFault) faults += 1
}
if (faults > 0) end(`Of ${TARGETS.length} executables ${faults} cannot be released.`)
const next =
  reasons.length > 0
    ? 'It would go well, once what is said above is done.'
    : `Tag the commit v${packageJson.version}, and publish the files with SHA256SUMS.`
console.log(`Rowbot ${packageJson.version} is in dist. ${next}`)

function end(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
