import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileOf, type Target } from '../build/targets.ts'
import { madeFor } from './made-for.ts'
import { run } from './run.ts'
import { isAsSummed } from './sums.ts'

/** A sentence about what is to be released. `isFault`: it must not be. */
export interface Examined {
  said: string
  isFault: boolean
}

/** Whether an executable is what SHA256SUMS has, is made for its machine, and works, as far as that can be tried here. */
export async function examine(folder: string, target: Target, version: string): Promise<Examined> {
  const name = fileOf(target)
  const file = Bun.file(join(folder, name))
  if (!(await file.exists())) return fault('it is not there.')
  if (!(await isAsSummed(folder, name))) return fault('SHA256SUMS has another checksum.')
  const machine = madeFor(await file.bytes())
  if (machine !== target.name) return fault(`it is made for ${machine ?? 'no machine that we know'}.`)
  return inEmptyFolder(async (empty) => {
    const said = await run([join(folder, name), '--version'], empty)
    if (said) return tried([join(folder, name)], empty, version, {})
    return target.name === nameHere()
      ? fault('it cannot be started.')
      : fine('not run: this is another machine.')
  })
}

/** The same of the package: it is installed from the file, with what it depends on from the registry. */
export async function examinePackage(folder: string, name: string, version: string): Promise<Examined> {
  if (!(await isAsSummed(folder, name))) return fault('SHA256SUMS has another checksum.')
  return inEmptyFolder(async (empty) => {
    await Bun.write(join(empty, 'package.json'), '{}')
    const environment = { PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` }
    const added = await run([process.execPath, 'add', join(folder, name)], empty, environment)
    if (added?.code !== 0) return fault(`it cannot be installed: ${added?.err.trim() ?? ''}`)
    return tried([process.execPath, 'x', '--no-install', 'rowbot'], empty, version, environment)
  })
}

async function tried(
  command: string[],
  folder: string,
  version: string,
  environment: Record<string, string>,
): Promise<Examined> {
  const first = await run([...command, '--version'], folder, environment)
  const said = first?.out.trim() || first?.err.trim()
  if (said !== `rowbot ${version}`) return fault(`--version says “${said}”.`)
  const demo = await run([...command, 'demo', '--exit'], folder, environment)
  if (demo?.code !== 0) return fault(`the demo has failed: ${demo?.err.trim() ?? ''}`)
  return fine('runs, and its demo succeeds.')
}

async function inEmptyFolder(body: (folder: string) => Promise<Examined>): Promise<Examined> {
  const folder = await mkdtemp(join(tmpdir(), 'rowbot-release-'))
  try {
    return await body(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
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
