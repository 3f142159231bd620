import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { median } from './support/figures.ts'
import { withFolder } from './support/folder.ts'
import { machineText } from './support/machine.ts'
import { spawnSandbox } from './support/sandbox.ts'
import { tableText } from './support/table.ts'

/** What one case prints, by what it is: milliseconds, unless it says otherwise. */
export type EncryptedCase = Record<string, number>

/** The same with ROWBOT_ENCRYPT_DATA off and on: what encrypting every row costs. */
export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      run: { type: 'string', default: '5000' },
      rows: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '3' },
    },
  })
  console.log(
    `encrypted: ${values.run} rows that run, ${values.rows} that are there; medians of ${values.rounds} rounds`,
  )
  await withFolder(async (folder) => console.log(machineText(folder)))
  const sandbox = await spawnSandbox(0)
  const clear: EncryptedCase[] = []
  const encrypted: EncryptedCase[] = []
  try {
    for (let round = 0; round < Number(values.rounds); round++) {
      // Alternating, so that a busy moment of the machine affects both.
      clear.push(await measure([sandbox.url, values.run, values.rows], 'false'))
      encrypted.push(await measure([sandbox.url, values.run, values.rows], 'true'))
    }
  } finally {
    await sandbox.stop()
  }
  const lines = Object.keys(clear[0] ?? {}).map((what) => {
    const of = (cases: EncryptedCase[]) => median(cases.map((measured) => measured[what] ?? 0))
    return [what, of(clear).toFixed(2), of(encrypted).toFixed(2), (of(encrypted) / of(clear)).toFixed(2)]
  })
  console.log(tableText([['ms', 'clear', 'encrypted', 'ratio'], ...lines]))
}

function measure(args: string[], isOn: 'true' | 'false'): Promise<EncryptedCase> {
  return withFolder(async (folder) => {
    const program = join(import.meta.dir, 'encrypted', 'case.ts')
    const child = Bun.spawn([process.execPath, program, ...args, folder, isOn], {
      stdout: 'pipe',
      stderr: 'inherit',
    })
    const text = await new Response(child.stdout).text()
    if ((await child.exited) !== 0) throw new Error('A case broke down.')
    return JSON.parse(text) as EncryptedCase // `as`: the case prints exactly this
  })
}
