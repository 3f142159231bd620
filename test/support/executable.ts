import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { compile } from '../../scripts/build/compile.ts'
import { type Target, targetHere } from '../../scripts/build/targets.ts'
import { tempFolder } from './bot.ts'
import { type Command, pathWithBun, started } from './command.ts'
import { dockerfile, runSteps } from './dockerfile.ts'
import { freePort } from './free-port.ts'

/** The executable for this machine; undefined where none is made. Built once for all tests of a process, in about 5 s. */
export function executable(): Promise<string> | undefined {
  const target = targetHere()
  return target && (built ??= build(target))
}

let built: Promise<string> | undefined

/** On Linux as the Dockerfile does it, so that what its steps copy is shown to be enough. */
async function build(target: Target): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-executable-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  if (process.platform !== 'linux') return compile(target, folder)
  const env = {
    PATH: pathWithBun(folder),
    HOME: process.env['HOME'] ?? folder, // with what `bun install` has fetched before
  }
  const { build: stage } = await dockerfile()
  const workplace = await runSteps(stage, folder, async (command, cwd) => {
    const { exitCode, stderr } = await Bun.$`sh -ec ${command}`.cwd(cwd).env(env).quiet().nothrow()
    if (exitCode !== 0) throw new Error(`${command}: ${stderr.toString()}`)
  })
  return join(workplace, 'rowbot')
}

export interface Place {
  folder: string
  /** whether nothing else of this machine can be seen from there */
  isEmptyRoot: boolean
  run(args: string[], env?: Record<string, string>): Command
  /** SIGTERM, to the executable itself */
  terminate(command: Command): void
}

/**
 * A machine with nothing on it but the executable, an empty home folder, one for temporary files, /proc and the
 * libraries that it is linked to: a root of its own where the system allows that, else an empty folder and no PATH.
 */
export async function emptyMachine(path: string): Promise<Place> {
  const folder = tempFolder()
  for (const name of ['home', 'tmp', 'proc', 'data']) mkdirSync(join(folder, name))
  linkSync(path, join(folder, 'rowbot'))
  const isEmptyRoot = mayHaveRoots(folder)
  if (isEmptyRoot) await Promise.all(LIBRARIES.map((library) => copied(library, folder)))
  const root = isEmptyRoot ? '' : folder
  return {
    folder,
    isEmptyRoot,
    run: (args, env = {}) =>
      started(
        [...(isEmptyRoot ? inRoot(folder) : []), `${root}/rowbot`, ...args],
        {
          HOME: `${root}/home`,
          ROWBOT_DATA_DIR: `${root}/data`,
          ROWBOT_PORT: String(freePort()),
          NO_COLOR: '1',
          ...(!isEmptyRoot && { TMPDIR: `${folder}/tmp` }),
          ...env,
        },
        folder,
      ),
    terminate: ({ process: { pid } }) =>
      void process.kill(
        isEmptyRoot ? Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')) : pid,
        'SIGTERM',
      ),
  }
}

/** What a Debian without any package beyond the essential ones has of what Bun and SQLite are linked to. */
const LIBRARIES = [
  '/lib64/ld-linux-x86-64.so.2',
  ...['libc.so.6', 'libpthread.so.0', 'libdl.so.2', 'libm.so.6', 'libgcc_s.so.1'].map(inDebian),
  '/usr/lib/x86_64-linux-gnu/libstdc++.so.6',
]

function inDebian(name: string): string {
  return `/lib/x86_64-linux-gnu/${name}`
}

async function copied(library: string, root: string): Promise<void> {
  mkdirSync(join(root, dirname(library)), { recursive: true })
  await copyFile(library, join(root, library))
}

/** Makes `folder` the root; what runs there is process 1, and ends with what started it. Bun reads /proc/self/exe. */
function inRoot(folder: string): string[] {
  const script = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin; mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
  const unshare = '/usr/bin/unshare --map-root-user --mount --pid --fork --kill-child'.split(' ')
  return [...unshare, '/bin/sh', '-c', script, folder]
}

function mayHaveRoots(folder: string): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false
  try {
    // There is no such program there, which only chroot can find out.
    const { stderr } = Bun.spawnSync([...inRoot(folder), '/none'])
    return stderr.toString().includes('/none')
  } catch {
    return false // there is no unshare
  }
}
