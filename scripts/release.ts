import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileOf, TARGETS } from './build/targets.ts'
import { type Examined, examine, examinePackage } from './release/examine.ts'
import { licencesOf } from './release/licences.ts'
import { notReady } from './release/not-ready.ts'
import { addSum } from './release/sums.ts'
import packageJson from '../package.json'

/**
 * `bun run release`: builds every executable and the package from a finished, committed state, with SHA256SUMS and the
 * licences of all that is inside, and examines each: its checksum, the machine it is for, and, where this machine can
 * run it, its version and the demo from an empty folder. It publishes nothing. With `--trial` the state need not be finished: to see whether a release would go well.
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
await bun('run', 'build')
await bun('pm', 'pack', '--destination', DIST, '--quiet')
const PACKAGE = `rowbot-${packageJson.version}.tgz`
await Bun.write(join(DIST, 'LICENSES.txt'), await licencesOf(ROOT))
for (const name of [PACKAGE, 'LICENSES.txt']) await addSum(DIST, name)

let faults = 0
for (const target of TARGETS) say(fileOf(target), await examine(DIST, target, packageJson.version))
say(PACKAGE, await examinePackage(DIST, PACKAGE, packageJson.version))
if (faults > 0) end(`${faults} of these cannot be released.`)
const next =
  reasons.length > 0
    ? 'It would go well, once what is said above is done.'
    : `Tag the commit v${packageJson.version}, and publish the files with SHA256SUMS and LICENSES.txt.`
console.log(`Rowbot ${packageJson.version} is in dist. ${next}`)

async function bun(...args: string[]): Promise<void> {
  const child = Bun.spawn([process.execPath, ...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] })
  if ((await child.exited) !== 0) end(`“bun ${args.join(' ')}” has failed.`)
}

function say(name: string, { said, isFault }: Examined): void {
  console.log(`${isFault ? '✖' : '✔'} ${name}: ${said}`)
  if (isFault) faults += 1
}

function end(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
