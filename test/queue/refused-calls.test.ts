import { describe, expect, test } from 'bun:test'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { stopTask } from '../../src/app/tasks.ts'
import { changeLimits } from '../../src/app/workflow-settings.ts'
import { aBot, aSandbox, SETUP, until } from '../support/bot.ts'
import { spoken } from '../support/spoken.ts'

/** Asked again quickly. */
const TROUBLE = { troubleBaseMs: 20, troubleMaxMs: 40 }

describe('when Dify refuses calls for now', () => {
  test('a burst of 429 costs no row and no attempt, and there are never more calls than the lowered limit', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ maxConcurrent: 2, limitBy: '429', delayMs: 3 })
    const { id } = await submit(60, { concurrency: 10, retries: 0 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 60, failed: 0 } })
    expect(sandbox.turnedAway().length).toBeGreaterThan(0)
    expect(sandbox.hits()).toHaveLength(60)
    expect(sandbox.peaks()['Product copywriter']).toBe(2)
    expect(bot.runtimes.loweredLimit((await sandboxWorkflow(bot)).id)).toBeLessThanOrEqual(2)
    // The first wave of ten halves the limit to 5, the next to 2: not many calls are refused.
    expect(sandbox.turnedAway().length).toBeLessThan(30)
  })

  test('a revoked key stops the task with an error; its rows wait, and it continues once the key is fixed', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(6, { concurrency: 1 }, (row) => (row === 4 ? '[sandbox: 401, times=1]' : 'x'))
    bot.startRunner()
    const halted = await ended(id)
    expect(halted).toMatchObject({ status: 'failed', counts: { succeeded: 2, failed: 0, left: 4 } })
    expect(spoken(halted.error)).toMatch(/key/i)
    await bot.engine.resume(id, 'mei')
    expect(spoken(await ended(id))).toMatchObject({
      status: 'completed',
      error: null,
      counts: { succeeded: 6 },
    })
    expect(sandbox.hits()).toHaveLength(6)
  })

  test.each(['quota', '429-quota', 'unpublished', '403'])(
    '%s stops the task in the same way',
    async (fault) => {
      const { bot, submit, ended } = await aBot()
      const { id } = await submit(8, { concurrency: 1, retries: 0 }, () => `[sandbox: ${fault}]`)
      bot.startRunner()
      const halted = await ended(id)
      expect(halted).toMatchObject({ status: 'failed', counts: { failed: 0, left: 8 } })
      expect(spoken(halted.error)).toMatch(/try again\.$/)
    },
  )

  test('three rows in a row with 404 stop the task, and no fourth row is tried', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(8, { concurrency: 1, retries: 0 }, () => '[sandbox: 404]')
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'failed', counts: { failed: 0, left: 8 } })
    expect(sandbox.turnedAway()).toHaveLength(3)
  })

  test('if Dify asks to wait for a day, the task says so at once, and continues when a person resumes it', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(2, { concurrency: 1 })
    sandbox.misbehave({ refuse: { status: 429, code: 'too_many_requests', retryAfter: '86400' } })
    bot.startRunner()
    const halted = await ended(id)
    expect(halted).toMatchObject({ status: 'failed', counts: { left: 2 } })
    expect(spoken(halted.error)).toContain('Dify asks to wait 24 h.')
  })

  test('a server that cannot be reached stops no task: rows wait, and continue by themselves when it answers', async () => {
    const { bot, sandbox, workflow, submit, find, ended } = await aBot({ pace: TROUBLE })
    const { id } = await submit(6, { retries: 0 })
    await sandbox.stop()
    bot.startRunner()
    const slowdown = await until(
      () => bot.runtimes.slowdown(workflow.id),
      (why) => why?.kind === 'trouble',
    )
    expect(spoken(slowdown)).toMatchObject({
      kind: 'trouble',
      lastAnswer: expect.stringContaining('does not take connections'),
    })
    expect(await find(id)).toMatchObject({ status: 'running', counts: { failed: 0, left: 6 } })
    aSandbox({ port: Number(new URL(sandbox.url).port) })
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 6, failed: 0 } })
    expect(bot.runtimes.slowdown(workflow.id)).toBeUndefined()
  })

  test('a task that waits for such a server is stopped at once', async () => {
    const { bot, sandbox, workflow, submit, ended } = await aBot({
      pace: { ...TROUBLE, troubleBaseMs: 600_000 },
    })
    const { id } = await submit(6)
    await sandbox.stop()
    bot.startRunner()
    await until(
      () => bot.runtimes.slowdown(workflow.id),
      (why) => why?.kind === 'trouble',
    )
    await stopTask(bot, SETUP, id)
    expect(await ended(id)).toMatchObject({ status: 'cancelled', counts: { cancelled: 6 } })
    await bot.stopRunner(600_000)
  })

  test('a task whose last row is done ends at once, even if the next call of its workflow would have to wait', async () => {
    const { bot, workflow, submit, ended } = await aBot()
    await changeLimits(bot, SETUP, workflow, { tokensPerMinute: 1 })
    const { id } = await submit(1, { concurrency: 3 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 1 } })
  })
})

async function sandboxWorkflow(bot: Rowbot) {
  return bot.db.selectFrom('workflows').select('id').executeTakeFirstOrThrow()
}
