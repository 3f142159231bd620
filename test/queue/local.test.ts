import { describe, expect, test } from 'bun:test'
import { resultRows } from '../../src/db/rows/result-rows.ts'
import { listRunsOfRow } from '../../src/db/runs/run-facts.ts'
import { takeTask } from '../../src/db/tasks/runner-moves.ts'
import { listLogs } from '../../src/db/tasks/logs.ts'
import { listWork } from '../../src/db/stats/work.ts'
import { listFailures } from '../../src/db/stats/task-facts.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { stopTask } from '../../src/app/tasks.ts'
import { changeLimits } from '../../src/app/workflows.ts'
import { aBot, aSandbox, openBot, SETUP, until } from '../support/bot.ts'

async function rowsOf(bot: Rowbot, id: string) {
  const rows = []
  for await (const chunk of resultRows(bot.db, id)) rows.push(...chunk)
  return rows
}

describe('a task runs to its end', () => {
  test('every row once, each result on its own line', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(40, { concurrency: 10 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 40, left: 0 } })
    expect(sandbox.hits()).toHaveLength(40)
    for (const { row, outputs } of await rowsOf(bot, id))
      expect(outputs?.['title']).toContain(`Kettle ${row} –`)
  })

  test('a row that fails once is tried again, one that fails always fails alone, with its reason', async () => {
    const { bot, submit, ended } = await aBot()
    const { id } = await submit(5, { retries: 2 }, (row) => {
      if (row === 3) return '[sandbox: failed, times=1]'
      return row === 4 ? '[sandbox: failed]' : 'x'
    })
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 4, failed: 1 })
    const attempts = (await rowsOf(bot, id)).map((row) => row.attempts)
    expect(attempts).toEqual([1, 2, 3, 1, 1])
    expect(await listFailures(bot.db, id)).toMatchObject([{ count: 1, rows: [4] }])
    const log = await listLogs(bot.db, { taskId: id, executionId: `${id}.4` })
    expect(log.map(({ event, details }) => [event, details?.['outcome'], details?.['status']])).toEqual([
      ['row.attempt', 'failed', 'failed'],
      ['row.attempt', 'failed', 'pending'],
      ['row.attempt', 'failed', 'pending'],
    ])
  })

  test('never more rows at once than the task asks for', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ delayMs: 5 })
    const { id } = await submit(20, { concurrency: 3 })
    bot.startRunner()
    await ended(id)
    expect(sandbox.peaks()['Product copywriter']).toBe(3)
  })
})

describe('two tasks of one workflow', () => {
  test('share its limit', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ delayMs: 5, limit: 4 })
    const tasks = [await submit(20, { concurrency: 4 }), await submit(20, { concurrency: 4 })]
    bot.startRunner()
    for (const { id } of tasks) await ended(id)
    expect(sandbox.peaks()['Product copywriter']).toBe(4)
  })

  test('a 10-row task beside a 300-row one is not starved', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ limit: 3, delayMs: 2 })
    const large = await submit(300, { concurrency: 10 })
    const small = await submit(10, { concurrency: 3 })
    bot.startRunner()
    await ended(small.id)
    await bot.stopRunner(0)
    expect(sandbox.hits().filter(({ user }) => user.includes(`-${large.id}-`)).length).toBeLessThan(90)
  })
})

describe('when Dify refuses calls for now', () => {
  test('a storm of 429 ends with no failed row, no attempt lost, and never more calls than the lowered limit', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ maxConcurrent: 2, limitBy: '429', delayMs: 3 })
    const { id } = await submit(60, { concurrency: 10, retries: 0 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 60, failed: 0 } })
    expect(sandbox.turnedAway().length).toBeGreaterThan(0)
    expect(sandbox.hits()).toHaveLength(60)
    expect(sandbox.peaks()['Product copywriter']).toBe(2)
    expect(bot.runtimes.loweredLimit((await sandboxWorkflow(bot)).id)).toBeLessThanOrEqual(2)
    // The first wave of ten halves it to 5, the next to 2: nobody is turned away by the score.
    expect(sandbox.turnedAway().length).toBeLessThan(30)
  })

  test('a revoked key stops the task with a sentence; the rows wait unharmed and it goes on once that is fixed', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(6, { concurrency: 1 }, (row) => (row === 4 ? '[sandbox: 401, times=1]' : 'x'))
    bot.startRunner()
    const halted = await ended(id)
    expect(halted).toMatchObject({ status: 'failed', counts: { succeeded: 2, failed: 0, left: 4 } })
    expect(halted.error).toMatch(/key/i)
    await bot.engine.resume(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', error: null, counts: { succeeded: 6 } })
    expect(sandbox.hits()).toHaveLength(6)
  })

  test.each(['quota', '429-quota', 'unpublished', '403'])('%s stops it just so', async (fault) => {
    const { bot, submit, ended } = await aBot()
    const { id } = await submit(8, { concurrency: 1, retries: 0 }, () => `[sandbox: ${fault}]`)
    bot.startRunner()
    const halted = await ended(id)
    expect(halted).toMatchObject({ status: 'failed', counts: { failed: 0, left: 8 } })
    expect(halted.error).toMatch(/try again\.$/)
  })

  test('three rows in a row that Dify does not find stop it: two are tried after the first, and no fourth', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(8, { concurrency: 1, retries: 0 }, () => '[sandbox: 404]')
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'failed', counts: { failed: 0, left: 8 } })
    expect(sandbox.turnedAway()).toHaveLength(3)
  })

  test('asked to wait for a day, the task says so at once, and goes on when a person resumes it', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(2, { concurrency: 1 })
    sandbox.misbehave({ refuse: { status: 429, code: 'too_many_requests', retryAfter: '86400' } })
    bot.startRunner()
    const halted = await ended(id)
    expect(halted).toMatchObject({ status: 'failed', counts: { left: 2 } })
    expect(halted.error).toContain('Dify asks to wait 24 h.')
  })

  test('a server that cannot be reached stops nothing: its rows wait and go on by themselves when it answers', async () => {
    const { bot, sandbox, workflow, submit, find, ended } = await aBot({ pace: TROUBLE })
    const { id } = await submit(6, { retries: 0 })
    await sandbox.stop()
    bot.startRunner()
    const slowdown = await until(
      () => bot.runtimes.slowdown(workflow.id),
      (why) => why?.kind === 'trouble',
    )
    expect(slowdown).toMatchObject({
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

  test('a task whose last row is done ends at once, though the next call of its workflow would have to wait long', async () => {
    const { bot, workflow, submit, ended } = await aBot()
    await changeLimits(bot, SETUP, workflow, { tokensPerMinute: 1 })
    const { id } = await submit(1, { concurrency: 3 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 1 } })
  })
})

/** Asked again quickly. */
const TROUBLE = { troubleBaseMs: 20, troubleMaxMs: 40 }

describe('a run whose answer never comes', () => {
  test.each(['cut-at-once', 'cut', 'no-end', 'no-start', '504', '500-after', 'left-open', 'split'])(
    '%s: its result is fetched, not paid for again',
    async (fault) => {
      const { bot, sandbox, submit, ended } = await aBot({ delayMs: 5 })
      const { id } = await submit(4, { retries: 0 }, () => `[sandbox: ${fault}]`)
      bot.startRunner()
      expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 4 } })
      expect(sandbox.hits()).toHaveLength(4)
    },
  )

  test('a call that never became a run is made again', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(2, { retries: 1 }, () => '[sandbox: 502, times=1]')
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 2 } })
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('a row whose run may only wait in Dify’s queue waits in line, not in a lane', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ pace: { lookUpGraceMs: 150 } })
    const { id } = await submit(3, { concurrency: 1, retries: 1 }, (row) =>
      row === 2 ? '[sandbox: 502, times=1]' : 'x',
    )
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 3 } })
    expect(sandbox.hits().map(({ inputs }) => inputs['name'])).toEqual(['Kettle 3', 'Kettle 4', 'Kettle 2'])
  })

  test('calls that never become runs cost no attempt, for a while: then the row has failed, and says how', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ pace: { turnedAwayMs: 150 } })
    const { id } = await submit(1, { retries: 0 }, () => '[sandbox: 502]')
    const began = performance.now()
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ counts: { failed: 1 } })
    expect(performance.now() - began).toBeGreaterThan(150)
    expect(await listFailures(bot.db, id)).toMatchObject([
      { error: expect.stringContaining('Dify has no run of it.') },
    ])
    expect(sandbox.turnedAway().length).toBeGreaterThan(1)
    const runs = await listRunsOfRow(bot.db, id, 2)
    expect(runs.map(({ status }) => status)).toEqual(sandbox.turnedAway().map(() => 'absent'))
  })

  test('the time limit of a row holds over a stream that only pings, and the run is stopped at Dify', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 0, timeoutSeconds: 1 }, () => '[sandbox: hang, stuck]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ failed: 1 })
    expect(await listFailures(bot.db, id)).toMatchObject([{ error: 'Timed out after 1 s.' }])
    expect(sandbox.stops().filter(({ stopped }) => stopped)).toHaveLength(1)
  })

  test('a run that Dify does not stop is not called again while it goes on, and its result is kept', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 1, timeoutSeconds: 1 }, () => '[sandbox: delay=1300, deaf]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 1 })
    expect(sandbox.hits()).toHaveLength(1)
  })

  test('time limits count against the retries also where the stop is slow, and what they cost is kept', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ pace: { stopWithinMs: 1 } })
    const { id } = await submit(1, { retries: 1, timeoutSeconds: 1 }, () => '[sandbox: stuck]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ failed: 1 })
    expect(await listFailures(bot.db, id)).toMatchObject([{ error: 'Timed out after 1 s.' }])
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('a run that finished just as its time was up is kept', async () => {
    const { bot, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 0, timeoutSeconds: 1 }, () => '[sandbox: hang]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 1 })
  })
})

test('a call that waits in Dify’s queue is among the facts of its task, and its run is the row’s', async () => {
  const { bot, sandbox, submit, ended } = await aBot()
  const { id } = await submit(1, {}, () => '[sandbox: queued=3000]')
  bot.startRunner()
  await until(
    () => listWork(bot.db, [id], Date.now()),
    (work) => work.get(id)?.queued?.count === 1,
  )
  expect((await ended(id)).counts).toMatchObject({ succeeded: 1 })
  expect((await listWork(bot.db, [id], Date.now())).get(id)?.queued).toBeUndefined()
  expect(sandbox.hits()).toHaveLength(1)
})

describe('stop', () => {
  test('ends within 2 s, stops at Dify what was in flight, and what comes late changes nothing', async () => {
    const { bot, sandbox, submit, until, find } = await aBot({ pace: { stopWithinMs: 1_500 } })
    const { id } = await submit(10, { concurrency: 4 }, () => '[sandbox: stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length === 4)

    const began = performance.now()
    await bot.engine.stop(id, 'mei')
    await bot.stopRunner(60_000)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(sandbox.stops().filter(({ stopped }) => stopped)).toHaveLength(4)
    expect(await find(id)).toMatchObject({
      status: 'cancelled',
      counts: { cancelled: 10, succeeded: 0, left: 0 },
    })
    expect(sandbox.hits()).toHaveLength(4)
  })

  test('a stop that says success and is not does not hold the task up', async () => {
    const { bot, sandbox, submit, until, find } = await aBot()
    const { id } = await submit(2, { concurrency: 2 }, () => '[sandbox: stuck, deaf]')
    bot.startRunner()
    await until(id, () => sandbox.hits().length === 2)
    await bot.engine.stop(id, 'mei')
    await bot.stopRunner(60_000)
    expect(await find(id)).toMatchObject({ status: 'cancelled' })
  })

  test('a run that never told its id does not hold the stop up', async () => {
    const { bot, sandbox, submit, until, find } = await aBot()
    const { id } = await submit(1, {}, () => '[sandbox: silence, stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().length === 1)
    await bot.engine.stop(id, 'mei')
    await bot.stopRunner(60_000)
    expect(await find(id)).toMatchObject({ status: 'cancelled' })
  })

  test('is heard by a runner in another process', async () => {
    const { bot, folder, sandbox, submit, until } = await aBot()
    const other = await openBot(folder)
    const { id } = await submit(3, { concurrency: 1 }, () => '[sandbox: stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().some(({ idsSentAt: toldAt }) => toldAt !== null))
    await other.engine.stop(id, 'jo')
    await until(id, () => sandbox.stops().length === 1)
  })

  test('is heard by a runner that is just leaving and waits for its last rows', async () => {
    const { bot, folder, sandbox, submit, until } = await aBot()
    const other = await openBot(folder)
    const { id } = await submit(3, { concurrency: 2 }, () => '[sandbox: stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length === 2)
    await other.engine.stop(id, 'jo')
    await bot.stopRunner(60_000)
    expect(sandbox.stops()).toHaveLength(2)
  })
})

describe('a stopped task that is resumed', () => {
  test('begins anew what was stopped in flight, and keeps what had finished all the same', async () => {
    const { bot, sandbox, submit, until, ended } = await aBot()
    const { id } = await submit(3, { concurrency: 2, retries: 0 }, (row) => {
      if (row === 2) return '[sandbox: stuck, times=1]'
      return row === 3 ? '[sandbox: delay=30, hang]' : 'x'
    })
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length === 2)
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
  test('rows in flight finish, no further one begins, and nothing is lost or run twice', async () => {
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

  test('a resume does not wait for a slow row of before the pause', async () => {
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

  test('a resume that comes while rows of before the pause are still in flight runs nothing twice', async () => {
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

test('a task paused when only its last rows were in flight is completed by them', async () => {
  const { bot, submit, until, ended, sandbox } = await aBot({ delayMs: 40 })
  const { id } = await submit(2, { concurrency: 2 })
  bot.startRunner()
  await until(id, () => sandbox.hits().length === 2)
  await bot.engine.pause(id, 'mei')
  expect(await until(id, ({ status }) => status === 'completed')).toMatchObject({ counts: { succeeded: 2 } })
  expect((await ended(id)).finishedAt).not.toBeNull()
})

test('a task that faults again and again says so instead of being tried for ever', async () => {
  const { bot, submit, ended } = await aBot()
  const { id } = await submit(2)
  await bot.db.updateTable('task_executions').set({ inputs: 'not JSON' }).execute()
  bot.startRunner()
  const halted = await ended(id)
  expect(halted.error).toMatch(/^Something in Rowbot itself goes wrong with this task \(\w{8}\)/)
})

test('rows with escapes and NULs in their cells and outputs run, and come out in the result', async () => {
  const { bot, submit, ended } = await aBot()
  const { id } = await submit(2, {}, (row) => (row === 2 ? 'fast \\u0000 boil' : 'nul \0 here'))
  bot.startRunner()
  expect((await ended(id)).counts).toMatchObject({ succeeded: 2 })
  expect((await rowsOf(bot, id)).map(({ cells }) => cells[1])).toEqual(['fast \\u0000 boil', 'nul  here'])
})

describe('retry', () => {
  test('runs the failed rows only, and a stopped task goes on where it was', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(6, { retries: 0 }, (row) => (row < 4 ? '[sandbox: failed, times=1]' : 'x'))
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 4, failed: 2 })
    await bot.engine.retry(id, 'mei')
    await until(
      () => ended(id),
      ({ counts }) => counts.succeeded === 6,
    )
    expect(sandbox.hits()).toHaveLength(8)
  })

  test('has all its lanes beside one slow row', async () => {
    const { bot, sandbox, submit, until, ended } = await aBot({ delayMs: 30 })
    const { id } = await submit(7, { retries: 0, concurrency: 4 }, (row) =>
      row === 2 ? '[sandbox: stuck]' : '[sandbox: failed, times=1]',
    )
    bot.startRunner()
    await until(id, ({ counts }) => counts.failed === 6)
    await bot.engine.retry(id, 'mei')
    await until(id, ({ counts }) => counts.succeeded === 6)
    expect(sandbox.peaks()['Product copywriter']).toBe(4)
    await bot.engine.stop(id, 'mei')
    await ended(id)
  })

  test('asked for while the last rows run, it is not forgotten', async () => {
    const { bot, submit, until, ended } = await aBot()
    const { id } = await submit(2, { retries: 0, concurrency: 2 }, (row) =>
      row === 2 ? '[sandbox: failed, times=1]' : '[sandbox: delay=60]',
    )
    bot.startRunner()
    await until(id, ({ counts }) => counts.failed === 1)
    await bot.engine.retry(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
  })
})

describe('a runner that leaves', () => {
  test('lets the next one take its task, and what was in flight is asked after, not called again', async () => {
    const { bot, folder, sandbox, submit, until, ended, find } = await aBot({ delayMs: 40 })
    const { id } = await submit(8, { concurrency: 4 })
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length >= 4)
    await bot.stopRunner(0)
    expect(await find(id)).toMatchObject({ status: 'pending' })

    const next = await openBot(folder)
    expect(next.startRunner()).toBe(true)
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 8 } })
    expect(sandbox.hits()).toHaveLength(8)
  })

  test('because another has taken its task over stops nothing at Dify', async () => {
    const { bot, sandbox, submit, until, ended } = await aBot({ delayMs: 1_000 })
    const { id } = await submit(4, { concurrency: 4 })
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length === 4)
    await bot.db.transaction().execute((trx) => takeTask(trx, id, Date.now())) // as a runner elsewhere does
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 4 } })
    expect(sandbox.stops()).toEqual([])
    expect(sandbox.hits()).toHaveLength(4)
  })

  test('asks again until Dify can say what became of a run, and calls nothing meanwhile', async () => {
    const { bot, folder, sandbox, submit, until, ended } = await aBot({ delayMs: 200 })
    const { id } = await submit(2, { concurrency: 2 })
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length === 2)
    await bot.stopRunner(0)
    sandbox.misbehave('502', { route: 'detail', times: 6 })
    const next = await openBot(folder)
    next.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('whose key is revoked meanwhile stops with its runs still to be asked after, not to be called again', async () => {
    const { bot, folder, sandbox, submit, until, ended } = await aBot({ delayMs: 200 })
    const { id } = await submit(2, { concurrency: 2 })
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt: toldAt }) => toldAt !== null).length === 2)
    await bot.stopRunner(0)
    sandbox.misbehave('401', { route: 'detail', times: 2 })
    const next = await openBot(folder)
    next.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'failed', counts: { left: 2 } })
    await next.engine.resume(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 2 } })
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('with time to spare finishes what is in flight first', async () => {
    const { bot, sandbox, submit, until, find } = await aBot({ delayMs: 20 })
    const { id } = await submit(8, { concurrency: 4 })
    bot.startRunner()
    await until(id, () => sandbox.hits().length >= 4)
    await bot.stopRunner(60_000)
    const { counts } = await find(id)
    expect(counts.succeeded).toBe(sandbox.hits().length)
  })

  test('only one process runs a data folder', async () => {
    const { bot, folder } = await aBot()
    const other = await openBot(folder)
    expect(bot.startRunner()).toBe(true)
    expect(other.startRunner()).toBe(false)
    expect(other.hasRunner()).toBe(true)
    await bot.stopRunner(0)
    expect(other.hasRunner()).toBe(false)
    expect(other.startRunner()).toBe(true)
  })
})

test('the counts of a task are those of its rows, whatever happened to it', async () => {
  const { bot, submit, until, find } = await aBot({ delayMs: 1 })
  const { id } = await submit(60, { concurrency: 5, retries: 1 }, (row) =>
    row % 7 === 0 ? '[sandbox: failed]' : 'x',
  )
  bot.startRunner()
  await until(id, ({ counts }) => counts.succeeded > 10)
  await bot.engine.pause(id, 'mei')
  await bot.engine.resume(id, 'mei')
  await until(id, ({ counts }) => counts.succeeded > 20)
  await bot.engine.stop(id, 'mei')
  await bot.stopRunner(60_000)
  const rows = await rowsOf(bot, id)
  const count = (status: string) => rows.filter((row) => row.status === status).length
  expect((await find(id)).counts).toEqual({
    total: 60,
    succeeded: count('succeeded'),
    failed: count('failed'),
    cancelled: count('cancelled'),
    left: 0,
  })
})

async function sandboxWorkflow(bot: Rowbot) {
  return bot.db.selectFrom('workflows').select('id').executeTakeFirstOrThrow()
}
