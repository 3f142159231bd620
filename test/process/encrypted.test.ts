import { expect, test } from 'bun:test'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../..')
/** Rows as they are stored, searched, sorted, judged and run again. Each test ends with a look for texts in the clear. */
const TESTS = [
  'test/db/rows',
  'test/db/tasks',
  'test/db/stats',
  'test/app/flags.test.ts',
  'test/app/reviews.test.ts',
]

test('whatever holds for rows holds when they are encrypted, too', async () => {
  const run = Bun.spawn(['bun', 'test', '--timeout', '120000', ...TESTS], {
    cwd: ROOT,
    env: { ...process.env, TEST_ENCRYPT: 'true' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, report] = await Promise.all([run.exited, new Response(run.stderr).text()])
  const failed = report.split('\n').filter((line) => /^\(fail\)|^error:/.test(line))
  expect(failed).toEqual([])
  expect(code).toBe(0)
}, 600_000)
