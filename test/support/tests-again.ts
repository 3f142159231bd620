import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'

const ROOT = join(import.meta.dir, '../..')

/** How a test opens what depends on the environment (test-database.ts); without, it would only do the same once more. */
const STORES = /\b(?:openShelf|openBot|aBot)\(/

/** The test files of a folder that store something. @param folder from that of package.json */
export function storingIn(folder: string): string[] {
  const all = new Bun.Glob(`${folder}/**/*.test.ts`).scanSync(ROOT)
  return [...all].filter((path) => STORES.test(readFileSync(join(ROOT, path), 'utf8'))).sort()
}

/**
 * Runs test files once more, in one process with another environment. Each is a test of its own here, so that what Bun says
 * in the end names the file.
 * @param says the name of the test
 */
export function testAgain(
  files: string[],
  env: Record<string, string>,
  says: (file: string) => string,
): void {
  let failures: Promise<Map<string, string>> | undefined
  test.each(files.map((file) => [says(file), file] as const))(
    '%s',
    async (_, file) => {
      failures ??= failuresOf(files, env)
      expect((await failures).get(file) ?? '').toBe('')
    },
    600_000,
  )
}

/**
 * @returns what the runner said of each file in which something failed
 * @throws if it failed without saying where, or left a file out
 */
async function failuresOf(files: string[], env: Record<string, string>): Promise<Map<string, string>> {
  const run = Bun.spawn([process.execPath, 'test', '--timeout', '120000', ...files], {
    cwd: ROOT,
    env: { ...process.env, GITHUB_ACTIONS: '', ...env }, // there, the lines that name a file look otherwise
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const [code, report] = await Promise.all([run.exited, new Response(run.stderr).text()])
  const failed = readFailures(report)
  const isWhole = report.includes(` tests across ${files.length} files.`)
  if (code === 0 ? !isWhole : failed.size === 0)
    throw new Error(`It ended with ${code}: ${report.slice(-1_000)}`)
  return failed
}

/** Of what `bun test` writes: a line `test/….test.ts:`, what happened in that file, and after all files a summary. */
function readFailures(report: string): Map<string, string> {
  const [files = ''] = report.split(/^ *\d+ (?:tests failed:|pass)$/m)
  const [, ...parts] = files.split(/^(test\/\S+\.test\.ts):$/m)
  const failed = new Map<string, string>()
  for (let at = 0; at < parts.length; at += 2) {
    const said = (parts[at + 1] ?? '').split('\n').filter((line) => !/^\((?:pass|skip|todo)\)/.test(line))
    if (said.some((line) => /^\(fail\)|^error:|^# Unhandled error/.test(line)))
      failed.set(parts[at] ?? '', said.join('\n').trim())
  }
  return failed
}
