import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { withoutPostgres } from '../../scripts/check/postgres.ts'

const ROOT = join(import.meta.dir, '../..')

async function leftOut(env: Record<string, string>, programs: string | null = null) {
  const told: string[] = []
  return { files: await withoutPostgres(ROOT, env, (line) => told.push(line), programs), told }
}

test('without Postgres the tests that need it are left out, which is said with how to get it', async () => {
  const { files, told } = await leftOut({})
  expect(files).toContain('test/db/postgres.test.ts')
  expect(files).toContain('test/process/cluster/cluster.test.ts')
  expect(files).not.toContain('test/db/json.test.ts')
  expect(told[0]).toContain('apt-get install postgresql')
  expect(told[0]).toContain(`${files.length} files of tests are left out`)
})

test('in CI none is left out, so that they fail', async () => {
  const { files, told } = await leftOut({ CI: 'true' })
  expect(files).toEqual([])
  expect(told[0]).toContain('In CI the tests that need it fail')
})

test.each([[{}, '/usr/bin'] as const, [{ TEST_DATABASE_URL: 'postgres://x' }, null] as const])(
  'with a server, nothing is left out or said',
  async (env, programs) => {
    expect(await leftOut(env, programs)).toEqual({ files: [], told: [] })
  },
)
