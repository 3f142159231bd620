import { describe, expect, test } from 'bun:test'
import { listTrialRows } from '../../src/db/rows/result-rows.ts'
import { listLogs } from '../../src/db/tasks/logs.ts'
import { createRowStore } from '../../src/db/store.ts'
import { createWriter } from '../../src/db/writer.ts'
import { createRunnerStore } from '../../src/queue/runner-store.ts'
import { aBot, openBot, orderOf } from '../support/bot.ts'
import { spoken } from '../support/spoken.ts'

async function aTrial({ rows = 12, features = 'x', retries = 2, delayMs = 0, sample = 1 } = {}) {
  const cast = await aBot({ delayMs })
  const submission = orderOf(cast.workflow, rows, { concurrency: 10, retries }, (row) =>
    row === 2 ? features : 'x',
  )
  const { id } = await cast.bot.engine.submit({ ...submission, tryFirst: sample })
  return { ...cast, id }
}

describe('a task whose first row is tried first', () => {
  test('runs exactly that row, however many lanes there are, and pauses', async () => {
    const { bot, sandbox, id, ended, find } = await aTrial()
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { succeeded: 1, left: 11 } })
    await bot.stopRunner(60_000)
    expect(sandbox.hits().map(({ inputs }) => inputs['name'])).toEqual(['Kettle 2'])
    expect(await find(id)).toMatchObject({ status: 'paused', pauseAfter: 2 })
    const [last] = await listLogs(bot.db, { taskId: id, limit: 1 })
    expect(spoken(last)).toMatchObject({ event: 'task.paused', message: 'after its trial' })
  })

  test('continues with the other rows when it is resumed, and pays for none twice', async () => {
    const { bot, sandbox, id, ended } = await aTrial()
    bot.startRunner()
    await ended(id)
    expect((await bot.engine.resume(id, 'mei')).pauseAfter).toBeNull()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 12 } })
    expect(sandbox.hits()).toHaveLength(12)
  })

  test('tries that row again if it fails, and no other meanwhile', async () => {
    const { bot, sandbox, id, ended } = await aTrial({ features: '[sandbox: failed]', retries: 2 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { failed: 1, left: 11 } })
    expect(sandbox.hits()).toHaveLength(3)
  })

  test('waits out “too many requests” with that row alone', async () => {
    const { bot, sandbox, id, ended } = await aTrial({ features: '[sandbox: 429, times=3]' })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { succeeded: 1, left: 11 } })
    expect(sandbox.hits()).toHaveLength(1)
  })

  test('still runs one row when its runner leaves in the middle and another takes over', async () => {
    const { bot, folder, sandbox, id, ended, until } = await aTrial({ delayMs: 40 })
    bot.startRunner()
    await until(id, () => sandbox.hits().length === 1)
    await bot.stopRunner(0)
    const next = await openBot(folder)
    next.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { succeeded: 1, left: 11 } })
    expect(sandbox.hits()).toHaveLength(1)
  })

  test('stopped before it was tried and resumed, it still tries the first row first', async () => {
    const { bot, sandbox, id, ended } = await aTrial()
    await bot.engine.stop(id, 'mei')
    await bot.engine.resume(id, 'mei')
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { succeeded: 1, left: 11 } })
    expect(sandbox.hits()).toHaveLength(1)
  })

  test('gives the other lanes nothing to wait for, so that none of them polls in a tight loop', async () => {
    const { bot, id } = await aTrial()
    const task = await createRunnerStore(bot.db, bot.clock).take(id)
    const rows = createRowStore(bot.db, createWriter(bot.db))
    expect(await rows.nextAvailableAt(id)).toBe(0)
    if (!task) throw new Error('the task was not taken')
    await rows.claim(task, bot.clock.now())
    expect(await rows.nextAvailableAt(id)).toBeUndefined()
  })

  test('does not pause if it has only one row', async () => {
    const { bot, id, ended } = await aTrial({ rows: 1 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed' })
  })

  test('may be any rows, chosen to differ: the others wait, between them or after them', async () => {
    const { bot, sandbox, id, ended } = await aTrial({ rows: 12, sample: 3 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { succeeded: 3, left: 9 } })
    await bot.stopRunner(60_000)
    const rows = await listTrialRows(bot.db, id, 100)
    expect(rows.map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
    expect(rows.map(({ row }) => row)).not.toEqual([2, 3, 4])
    expect(sandbox.hits()).toHaveLength(3)
    bot.startRunner()
    await bot.engine.resume(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 12 } })
    expect(sandbox.hits()).toHaveLength(12)
  })

  test('that failed run again when they are retried, and the others still wait', async () => {
    const { bot, id, ended } = await aTrial({ sample: 3, features: '[sandbox: failed]', retries: 0 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { failed: 1, succeeded: 2, left: 9 } })
    await bot.engine.retry(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'paused', counts: { failed: 1, succeeded: 2, left: 9 } })
  })
})
