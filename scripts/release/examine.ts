import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileOf, type Target } from '../build/targets.ts'
import { madeFor } from './made-for.ts'

/** A sentence about an executable. `isFault`: it must not be released. */
export interface Examined {
  said: string
  isFault: boolean
}

const DEMO_SECONDS = 60

/** Whether it is what SHA256SUMS has, is made for its machine, and works, as far as that can be tried here. */
export async function examine(folder: string, target: Target, version: string): Promise<Examined> {
  const path = join(folder, fileOf(target))
  if (!(await Bun.file(path).exists())) return fault('it is not there.')
  const bytes = await Bun.file(path).bytes()
  const sum = createHash('sha256').update(bytes).digest('hex')
  const sums = await Bun.file(join(folder, 'SHA256SUMS')).text()
  if (!sums.split('\n').includes(`${sum}  ${fileOf(target)}`))
    return fault('SHA256SUMS has another checksum.')
  const machine = madeFor(bytes)
  if (machine !== target.name) return fault(`it is made for ${machine ?? 'no machine that we know'}.`)
  return tried(path, target, version)
}

/** Runs it in an empty folder, with nothing at home. */
async function tried(path: string, { name }: Target, version: string): Promise<Examined> {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-release-'))
  try {
    const first = await run(path, ['--version'], folder)
    if (!first)
      return name === nameHere() ? fault('it cannot be started.') : fine('not run: this is another machine.')
    if (first.out.trim() !== `rowbot ${version}`)
      return fault(`--version says “${first.out.trim() || first.err}”.`)
    const demo = await run(path, ['demo', '--exit'], folder)
    if (demo?.code !== 0) return fault(`the demo has failed: ${demo?.err.trim() ?? ''}`)
    return fine(`runs, and its demo succeeds.`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Undefined if this machine cannot start it. */
async function run(path: string, args: string[], folder: string) {
  try {
    const child = Bun.spawn([path, ...args], {
      cwd: folder,
      env: { HOME: folder, TMPDIR: folder, ROWBOT_DATA_DIR: join(folder, 'data'), NO_COLOR: '1' },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      timeout: DEMO_SECONDS * 1_000,
    })
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    return { out, err, code }
  } catch {
    return undefined
  }
}

function nameHere(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
}

function fault(said: string): Examined {
  return { said, isFault: true }
}

function fine(said: string): Examined {
  return { said, isFault: false }
}
