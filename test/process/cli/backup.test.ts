import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { tempFolder } from '../../support/bot.ts'
import { besideSandbox, rowbot, SAMPLE } from '../../support/command.ts'

test('rowbot backup while serve runs, rowbot restore elsewhere, and the results are there', async () => {
  const { run, env } = besideSandbox()
  const ran = await run('run', SAMPLE, '--json', '--out', join(tempFolder(), 'result.xlsx'))
  expect(ran.code).toBe(0)
  const { id } = JSON.parse(ran.out) as { id: string }
  const serving = rowbot(['serve'], env)
  await serving.says('Running the tasks')

  const file = join(tempFolder(), 'backup.zip')
  const made = await run('backup', file, '--with-keys')
  expect(made.code).toBe(0)
  expect(made.out).toMatch(/backup\.zip: 1 task and 0 files, .*It was read again and is complete\./)
  expect(made.err).toContain('It has the secret key')
  expect(await run('backup', file)).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is a file'),
  })

  const other = { ...env, ROWBOT_DATA_DIR: join(tempFolder(), 'data') }
  const restored = await rowbot(['restore', file], other).ended
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('Restored to') })
  const again = await rowbot(['restore', file], other).ended
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('There is a database in') })
  const status = await rowbot(['status', id], other).ended
  expect(status.code).toBe(0)
  expect(status.out).toBe((await run('status', id)).out)
}, 60_000)
