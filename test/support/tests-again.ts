import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')

/** Runs test files once more, in a process with another environment. @returns what has failed there */
export async function failuresOf(tests: string[], env: Record<string, string>): Promise<string[]> {
  const run = Bun.spawn(['bun', 'test', '--timeout', '120000', ...tests], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, report] = await Promise.all([run.exited, new Response(run.stderr).text()])
  const failed = report.split('\n').filter((line) => /^\(fail\)|^error:/.test(line))
  return code === 0 || failed.length > 0 ? failed : [`it ended with ${code}: ${report.slice(-1_000)}`]
}
