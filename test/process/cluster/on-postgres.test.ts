import { expect, test } from 'bun:test'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../../..')
/** What is stored, and who runs it. The engine's own tests move on in a time of their own, which no server would follow. */
const TESTS = ['test/db', 'test/queue', 'test/engine/engine.test.ts']

test('whatever holds for what is stored holds on Postgres, too', async () => {
  const run = Bun.spawn(['bun', 'test', '--timeout', '120000', ...TESTS], {
    cwd: ROOT,
    env: { ...process.env, TEST_DATABASE: 'postgres' },
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, report] = await Promise.all([run.exited, new Response(run.stderr).text()])
  const failed = report.split('\n').filter((line) => /^\(fail\)|^error:/.test(line))
  expect(failed).toEqual([])
  expect(code).toBe(0)
}, 300_000)
