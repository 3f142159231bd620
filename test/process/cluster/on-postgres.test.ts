import { expect, test } from 'bun:test'
import { join } from 'node:path'

const ROOT = join(import.meta.dir, '../../..')
/**
 * What is stored, and who runs it. Others take it, too (`TEST_DATABASE=postgres bun test test/queue`), but some of them wait
 * for moments that pass while a busy server answers. The engine's own move on in a time of their own.
 */
const TESTS = [
  'test/db',
  'test/engine/engine.test.ts',
  'test/serve/cleanup.test.ts',
  ...['leaving-runner', 'run-again', 'versions'].map((name) => `test/queue/${name}.test.ts`),
]

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
}, 600_000)
