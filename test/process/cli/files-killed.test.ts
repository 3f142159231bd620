import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { aSandbox, openBot, tempFolder, until, withWorkflow } from '../../support/bot.ts'
import { rowbot } from '../../support/command.ts'
import { EVERY_INPUT, orderWithFiles, storeFiles, uploadsBefore } from '../../support/uploads.ts'

const ROWS = 1_000
const CONCURRENCY = 10
const KILL_AFTER_RUNS = [0, 300, 700]

test('kill -9 while ten rows upload their files, three times: each of 1,000 rows runs once, with its own file', async () => {
  const sandbox = aSandbox({ delayMs: 1 })
  const uploads = uploadsBefore(sandbox)
  const folder = tempFolder()
  const bot = await openBot(folder)
  const workflow = await withWorkflow(bot, { baseUrl: uploads.url, apiKey: EVERY_INPUT, limit: CONCURRENCY })
  const files = await storeFiles(bot, ROWS)
  const { id } = await bot.engine.submit(orderWithFiles(workflow, files, { retries: 0 }))
  const env = { ROWBOT_DATA_DIR: folder }

  for (const runs of KILL_AFTER_RUNS) {
    let go = runs === 0 ? uploads.hold() : () => {}
    const runner = rowbot(['resume', id, '--json'], env)
    await until(() => sandbox.hits().length >= runs || runner.process.exitCode !== null, Boolean)
    if (runs > 0) go = uploads.hold()
    await until(() => uploads.held() === CONCURRENCY || runner.process.exitCode !== null, Boolean)
    expect(runner.process.exitCode).toBeNull()
    runner.process.kill('SIGKILL')
    await runner.process.exited
    go()
  }

  const { code, err } = await rowbot(['resume', id, '--json', '--out', join(folder, 'out.xlsx')], env).ended
  expect(err).not.toContain('may have been paid')
  expect(code).toBe(0)
  expect((await findTask(bot.db, id))?.counts).toMatchObject({ succeeded: ROWS, failed: 0 })

  expect(sandbox.hits()).toHaveLength(ROWS)
  const right = uploads.rightRuns(files)
  expect(right.size).toBe(ROWS)
  expect([...right.values()].every((runs) => runs === 1)).toBe(true)

  const lines = await bot.db.selectFrom('runs').select(['status', 'user']).execute()
  const statuses = Map.groupBy(lines, ({ status }) => status)
  // A call that Dify may have is looked for a minute long. If an upload were one, each kill would cost that.
  expect([...statuses.keys()].toSorted()).toEqual(['absent', 'succeeded'])
  expect(statuses.get('absent')).toHaveLength(CONCURRENCY * KILL_AFTER_RUNS.length)
  const tmp = await Array.fromAsync(new Bun.Glob('files/tmp/*').scan(folder))
  expect(tmp).toEqual([])
  expect(readdirSync(join(folder, 'files')).length).toBeGreaterThan(1)
}, 240_000)
