import { createHash } from 'node:crypto'
import { join } from 'node:path'

const SUMS = 'SHA256SUMS'

/** Adds a line for a file, as `sha256sum --check` reads it. */
export async function addSum(folder: string, name: string): Promise<void> {
  const sums = Bun.file(join(folder, SUMS))
  await Bun.write(sums, `${await sums.text()}${await lineOf(folder, name)}\n`)
}

/** Whether the file is what SHA256SUMS says it is. */
export async function isAsSummed(folder: string, name: string): Promise<boolean> {
  const sums = await Bun.file(join(folder, SUMS)).text()
  return sums.split('\n').includes(await lineOf(folder, name))
}

async function lineOf(folder: string, name: string): Promise<string> {
  const bytes = await Bun.file(join(folder, name)).bytes()
  return `${createHash('sha256').update(bytes).digest('hex')}  ${name}`
}
