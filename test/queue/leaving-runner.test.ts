import { describe, expect, test } from 'bun:test'
import { takeTask } from '../../src/db/tasks/runner-moves.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { aBot, openBot, until } from '../support/bot.ts'
import { ON_POSTGRES } from '../support/test-database.ts'

/** Waits until this many calls have told the id of their run, and it is stored. */
async function knowsRuns(bot: Rowbot, count: number): Promise<void> {
  await until(
    () => bot.db.selectFrom('runs').select('user').where('workflow_run_id', 'is not', null).execute(),
    (runs) => runs.length === count,
  )
}

describe('a runner that leaves', () => {
  test('lets the next one take its task, which looks up what was in flight instead of calling it again', async () => {
    const { bot, folder, sandbox, submit, ended, find } = await aBot()
    const { id } = await submit(8, { concurrency: 4 }, (row) => (row < 6 ? '[sandbox: gone-silent]' : 'x'))
    bot.startRunner()
    await knowsRuns(bot, 4)
    await bot.stopRunner(0)
    expect(await find(id)).toMatchObject({ status: 'pending' })

    const next = await openBot(folder)
    expect(next.startRunner()).toBe(true)
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 8 } })
    expect(sandbox.hits()).toHaveLength(8)
  })

  test('because another one has taken over its task stops nothing at Dify', async () => {
    const { bot, sandbox, submit, until, ended } = await aBot({ delayMs: 1_000 })
    const { id } = await submit(4, { concurrency: 4 })
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt }) => idsSentAt !== null).length === 4)
    await bot.db.transaction().execute((trx) => takeTask(trx, id, Date.now())) // as a runner elsewhere does
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 4 } })
    expect(sandbox.stops()).toEqual([])
    expect(sandbox.hits()).toHaveLength(4)
  })

  test('leaves runs that the next one looks up again and again until Dify answers, and calls nothing meanwhile', async () => {
    const { bot, folder, sandbox, submit, ended } = await aBot()
    const { id } = await submit(2, { concurrency: 2 }, () => '[sandbox: gone-silent]')
    bot.startRunner()
    await knowsRuns(bot, 2)
    await bot.stopRunner(0)
    sandbox.misbehave('502', { route: 'detail', times: 6 })
    const next = await openBot(folder)
    next.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('and whose key is revoked before the next one starts: the task stops, and after a resume its runs are looked up, not called again', async () => {
    const { bot, folder, sandbox, submit, ended } = await aBot()
    const { id } = await submit(2, { concurrency: 2 }, () => '[sandbox: gone-silent]')
    bot.startRunner()
    await knowsRuns(bot, 2)
    await bot.stopRunner(0)
    sandbox.misbehave('401', { route: 'detail', times: 1_000 })
    const next = await openBot(folder)
    next.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'failed', counts: { left: 2 } })
    sandbox.behave()
    await next.engine.resume(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('and is given time finishes what is in flight first', async () => {
    const { bot, sandbox, submit, until, find } = await aBot({ delayMs: 20 })
    const { id } = await submit(8, { concurrency: 4 })
    bot.startRunner()
    await until(id, () => sandbox.hits().length >= 4)
    await bot.stopRunner(60_000)
    const { counts } = await find(id)
    expect(counts.succeeded).toBe(sandbox.hits().length)
  })

  test.skipIf(ON_POSTGRES)('only one process runs a data folder', async () => {
    const { bot, folder } = await aBot()
    const other = await openBot(folder)
    expect(bot.startRunner()).toBe(true)
    expect(other.startRunner()).toBe(false)
    expect(await other.hasRunner()).toBe(true)
    await bot.stopRunner(0)
    expect(await other.hasRunner()).toBe(false)
    expect(other.startRunner()).toBe(true)
  })
})
