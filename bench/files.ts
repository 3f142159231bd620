import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { FileStore } from '../src/files/file-store.ts'
import { FolderHome } from '../src/files/folder-home.ts'
import type { Measured } from './engine/measured.ts'
import { median } from './support/figures.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { CONCURRENCY } from './support/rows.ts'
import { spawnServer } from './support/sandbox.ts'
import { tableText } from './support/table.ts'

const CASES = ['bare', 'rowbot'] as const
type Case = (typeof CASES)[number]
const MB = 1024 * 1024

/** Rows with a large file each, next to a bare loop that uploads the same files. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      files: { type: 'string', default: '200' },
      mb: { type: 'string', default: '15' },
      rounds: { type: 'string', default: '2' },
    },
  })
  const count = Number(values.files)
  const bytes = Number(values.mb) * MB
  console.log(
    `files: ${count} files of ${values.mb} MB, ${CONCURRENCY} at once, a local server in another process, medians of ${values.rounds} rounds`,
  )
  await withFolder(async (folder) => {
    console.log(machineText(folder))
    const list = await writeFiles(folder, count, bytes)
    const results: Record<Case, Measured[]> = { bare: [], rowbot: [] }
    for (let round = 0; round < Number(values.rounds); round++) {
      for (const name of CASES) results[name].push(await measure(name, folder, list))
    }
    console.log(tableText(linesOf(results, count * Number(values.mb))))
  })
}

/** No two files alike. @returns a file that lists them */
async function writeFiles(folder: string, count: number, bytes: number): Promise<string> {
  const store = new FileStore(join(folder, 'files'))
  const home = new FolderHome(join(folder, 'files'))
  const piece = crypto.getRandomValues(new Uint8Array(64 * 1024))
  const files = []
  for (let i = 0; i < count; i++) {
    const { sha256, size } = await store.put(piecesOf(`File ${i}. `, piece, bytes))
    files.push({ name: `${i}.txt`, sha256, size, content: null, path: home.path(sha256) })
  }
  const list = join(folder, 'files.json')
  await Bun.write(list, JSON.stringify(files))
  return list
}

async function* piecesOf(first: string, piece: Uint8Array, bytes: number) {
  const head = new TextEncoder().encode(first)
  yield head
  for (let left = bytes - head.length; left > 0; left -= piece.length)
    yield piece.subarray(0, Math.min(left, piece.length))
}

async function measure(name: Case, folder: string, list: string): Promise<Measured> {
  const server = await spawnServer(join(import.meta.dir, 'files', 'server-process.ts'), 0)
  try {
    const program = join(import.meta.dir, 'files', `${name}-case.ts`)
    const child = Bun.spawn([process.execPath, program, server.url, list, folder], {
      stdout: 'pipe',
      stderr: 'inherit',
    })
    const text = await new Response(child.stdout).text()
    if ((await child.exited) !== 0) throw new Error(`The case “${name}” broke down.`)
    // `as`: the case prints exactly this.
    return JSON.parse(text) as Measured
  } finally {
    await server.stop()
  }
}

function linesOf(results: Record<Case, Measured[]>, mb: number): string[][] {
  const bareMs = median(results.bare.map(({ ms }) => ms))
  const lines = CASES.map((name) => {
    const of = (key: 'ms' | 'cpuMs' | 'peakMb') => median(results[name].map((measured) => measured[key]))
    return [
      name,
      `${(of('ms') / 1000).toFixed(2)} s`,
      (of('ms') / bareMs).toFixed(3),
      (mb / (of('ms') / 1000)).toFixed(0),
      (of('cpuMs') / 1000).toFixed(1),
      `${Math.max(...results[name].map(({ peakMb }) => peakMb)).toFixed(0)} MB`,
    ]
  })
  return [['case', 'makespan', 'to bare', 'MB/s', 'CPU s', 'peak RSS'], ...lines]
}
