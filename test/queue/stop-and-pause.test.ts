import { describe, expect, test } from 'bun:test'
import { sumUsage } from '../../src/db/stats/task-facts.ts'
import { aBot, openBot, until } from '../support/bot.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { waitClock } from '../support/own-time.ts'

describe('stop', () => {
  test('ends within 2 s, stops at Dify what was in flight, and late answers change nothing', async () => {
    const { bot, sandbox, submit, until, find } = await aBot({ pace: { stopWithinMs: 1_500 } })
    const { id } = await submit(10, { concurrency: 4 }, () => '[sandbox: stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt }) => idsSentAt !== null).length === 4)

    const waitMs = waitClock()
    await bot.engine.stop(id, 'mei')
    await bot.stopRunner(60_000)
    expect(waitMs()).toBeLessThan(2_000)
    expect(sandbox.stops().filter(({ stopped }) => stopped)).toHaveLength(4)
    expect(await find(id)).toMatchObject({
      status: 'cancelled',
      counts: { cancelled: 10, succeeded: 0, left: 0 },
    })
    expect(sandbox.hits()).toHaveLength(4)
  })

  test('is not held up if Dify says that a run was stopped and it was not', async () => {
    const { bot, sandbox, submit, until, find } = await aBot()
    const { id } = await submit(2, { concurrency: 2 }, () => '[sandbox: stuck, deaf]')
    bot.startRunner()
    await until(id, () => sandbox.hits().length === 2)
    await bot.engine.stop(id, 'mei')
    await bot.stopRunner(60_000)
    expect(await find(id)).toMatchObject({ status: 'cancelled' })
  })

  test('is not held up by a run that has never told its id', async () => {
    const { bot, sandbox, submit, until, find } = await aBot()
    const { id } = await submit(1, {}, () => '[sandbox: silence, stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().length === 1)
    await bot.engine.stop(id, 'mei')
    await bot.stopRunner(60_000)
    expect(await find(id)).toMatchObject({ status: 'cancelled' })
  })

  test('tells what a call cost, as an estimate, that was lost and had run all the same', async () => {
    const { bot, sandbox, submit, until: untilTask } = await aBot()
    sandbox.misbehave('502', { route: 'logs', times: 1_000 })
    const { id } = await submit(2, { concurrency: 1 }, (row) => (row === 2 ? 'x' : '[sandbox: 504]'))
    bot.startRunner()
    await untilTask(id, () => sandbox.hits().length === 2)
    await untilAsked(bot, id) // between two look-ups no lane has the row
    await bot.engine.stop(id, 'mei')
    sandbox.behave()
    await until(
      () => sumUsage(bot.db, id),
      ({ prices, unpriced }) => unpriced + (prices[0]?.guessed ?? 0) === 1,
    )
  })

  test('tells what a lost call cost of a task that was paused before', async () => {
    const { bot, sandbox, submit } = await aBot()
    sandbox.misbehave('502', { route: 'logs', times: 1_000 })
    const { id } = await submit(2, { concurrency: 1 }, (row) => (row === 2 ? 'x' : '[sandbox: 504]'))
    bot.startRunner()
    await untilAsked(bot, id)
    await bot.engine.pause(id, 'mei')
    await bot.stopRunner(60_000)
    bot.startRunner()
    await bot.engine.stop(id, 'mei')
    sandbox.behave()
    await until(
      () => sumUsage(bot.db, id),
      ({ prices, unpriced }) => unpriced + (prices[0]?.guessed ?? 0) === 1,
    )
  })

  test('reaches a runner in another process', async () => {
    const { bot, folder, sandbox, submit, until } = await aBot()
    const other = await openBot(folder)
    const { id } = await submit(3, { concurrency: 1 }, () => '[sandbox: stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().some(({ idsSentAt }) => idsSentAt !== null))
    await other.engine.stop(id, 'jo')
    await until(id, () => sandbox.stops().length === 1)
  })

  test('reaches a runner that is leaving and waits for its last rows', async () => {
    const { bot, folder, sandbox, submit, until } = await aBot()
    const other = await openBot(folder)
    const { id } = await submit(3, { concurrency: 2 }, () => '[sandbox: stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt }) => idsSentAt !== null).length === 2)
    await other.engine.stop(id, 'jo')
    await bot.stopRunner(60_000)
    expect(sandbox.stops()).toHaveLength(2)
  })
})

/** A run of the task was lost and has been looked up, in vain. */
function untilAsked({ db }: Rowbot, id: string) {
  const asked = () =>
    db.selectFrom('runs').select('asked_at').where('task_id', '=', id).where('status', '=', 'open').execute()
  const pending = () =>
    db
      .selectFrom('task_executions')
      .select('id')
      .where('task_id', '=', id)
      .where('status', '=', 'pending')
      .execute()
  return until(
    async () => [await asked(), await pending()] as const,
    ([runs, rows]) => runs.some(({ asked_at }) => asked_at !== null) && rows.length > 0,
  )
}

describe('a stopped task that is resumed', () => {
  test('starts again the rows that were stopped in flight, and keeps the results of those that had finished', async () => {
    const { bot, sandbox, submit, until, ended } = await aBot()
    const { id } = await submit(3, { concurrency: 2, retries: 0 }, (row) => {
      if (row === 2) return '[sandbox: stuck, times=1]'
      return row === 3 ? '[sandbox: delay=30, hang]' : 'x'
    })
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt }) => idsSentAt !== null).length === 2)
    await until(id, () => sandbox.hits()[1]?.finishedAt !== null)
    await bot.engine.stop(id, 'mei')
    await bot.engine.resume(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 3 } })
    expect(sandbox.hits().map(({ inputs }) => inputs['name'])).toEqual([
      'Kettle 2',
      'Kettle 3',
      'Kettle 2',
      'Kettle 4',
    ])
  })
})

describe('pause and resume', () => {
  test('rows in flight finish, no further row starts, and nothing is lost or run twice', async () => {
    const { bot, sandbox, submit, until, find, ended } = await aBot({ delayMs: 10 })
    const { id } = await submit(30, { concurrency: 3 })
    bot.startRunner()
    await until(id, ({ counts }) => counts.succeeded >= 5)
    await bot.engine.pause(id, 'mei')
    await bot.stopRunner(60_000)
    expect(await find(id)).toMatchObject({ status: 'paused', counts: { succeeded: sandbox.hits().length } })
    expect(sandbox.hits().length).toBeLessThan(30)

    bot.startRunner()
    await bot.engine.resume(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 30 } })
    expect(sandbox.hits()).toHaveLength(30)
  })

  test('a resume does not wait for a slow row from before the pause', async () => {
    const { bot, sandbox, submit, until, ended } = await aBot()
    const { id } = await submit(5, { concurrency: 2 }, (row) =>
      row === 2 ? '[sandbox: stuck]' : '[sandbox: delay=20]',
    )
    bot.startRunner()
    await until(id, () => sandbox.hits().length >= 2)
    await bot.engine.pause(id, 'mei')
    await until(id, ({ counts }) => counts.succeeded === sandbox.hits().length - 1)
    await bot.engine.resume(id, 'mei')
    await until(id, ({ counts }) => counts.succeeded === 4)
    expect(sandbox.peaks()['Product copywriter']).toBe(2)
    await bot.engine.stop(id, 'mei')
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 4, cancelled: 1 } })
  })

  test('a resume while rows from before the pause are still in flight runs nothing twice', async () => {
    const { bot, sandbox, submit, until, ended } = await aBot({ delayMs: 30 })
    const { id } = await submit(12, { concurrency: 4 })
    bot.startRunner()
    await until(id, () => sandbox.hits().length >= 4)
    await bot.engine.pause(id, 'mei')
    await bot.engine.resume(id, 'mei')
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 12 } })
    expect(sandbox.hits()).toHaveLength(12)
  })
})
