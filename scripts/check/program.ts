import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { compile } from '../build/compile.ts'
import { targetHere } from '../build/targets.ts'

/**
 * Makes the executable that tests start as `rowbot` (test/support/command.ts), of the sources as they are now. It takes 4 s
 * of CPU time; the tests start it hundreds of times, in a third of the time that the sources take.
 * @returns what tells the tests so; nothing where no executable is made
 */
export async function programForTests(root: string): Promise<Record<string, string>> {
  const target = targetHere()
  if (!target) return {}
  const folder = join(root, 'node_modules/.cache/program')
  await mkdir(folder, { recursive: true })
  return { TEST_EXECUTABLE: await compile(target, folder) }
}
