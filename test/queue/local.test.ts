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

describe('a task that runs to its end', () => {
  test('runs every row once, and each result belongs to its row', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(40, { concurrency: 10 })
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ status: 'completed', counts: { succeeded: 40, left: 0 } })
    expect(sandbox.hits()).toHaveLength(40)
    for (const { row, outputs } of await rowsOf(bot, id))
      expect(outputs?.['title']).toContain(`Kettle ${row} –`)
  })

  test('tries a row again that fails once; one that always fails does not affect the others, and says why it failed', async () => {
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

  test('never runs more rows at once than the task asks for', async () => {
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
    expect(halted.error).toMatch(/key/i)
    await bot.engine.resume(id, 'mei')
    expect(await ended(id)).toMatchObject({ status: 'completed', error: null, counts: { succeeded: 6 } })
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
      expect(halted.error).toMatch(/try again\.$/)
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
    expect(halted.error).toContain('Dify asks to wait 24 h.')
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

  test('a task whose last row is done ends at once, even if the next call of its workflow would have to wait', async () => {
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

  test('a row whose run may still wait in Dify’s queue holds no lane', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ pace: { lookUpGraceMs: 150 } })
    const { id } = await submit(3, { concurrency: 1, retries: 1 }, (row) =>
      row === 2 ? '[sandbox: 502, times=1]' : 'x',
    )
    bot.startRunner()
    expect(await ended(id)).toMatchObject({ counts: { succeeded: 3 } })
    expect(sandbox.hits().map(({ inputs }) => inputs['name'])).toEqual(['Kettle 3', 'Kettle 4', 'Kettle 2'])
  })

  test('calls that never become runs cost no attempt at first; after a while the row has failed and says why', async () => {
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

  test('the time limit of a row applies even if its stream only pings, and the run is stopped at Dify', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 0, timeoutSeconds: 1 }, () => '[sandbox: hang, stuck]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ failed: 1 })
    expect(await listFailures(bot.db, id)).toMatchObject([{ error: 'Timed out after 1 s.' }])
    expect(sandbox.stops().filter(({ stopped }) => stopped)).toHaveLength(1)
  })

  test('while a run that Dify failed to stop goes on, its row is not called again, and its result is used', async () => {
    const { bot, sandbox, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 1, timeoutSeconds: 1 }, () => '[sandbox: delay=1300, deaf]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 1 })
    expect(sandbox.hits()).toHaveLength(1)
  })

  test('a row that timed out counts against the retries even if the stop is slow', async () => {
    const { bot, sandbox, submit, ended } = await aBot({ pace: { stopWithinMs: 1 } })
    const { id } = await submit(1, { retries: 1, timeoutSeconds: 1 }, () => '[sandbox: stuck]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ failed: 1 })
    expect(await listFailures(bot.db, id)).toMatchObject([{ error: 'Timed out after 1 s.' }])
    expect(sandbox.hits()).toHaveLength(2)
  })

  test('the result of a run that finished just as its time was up is used', async () => {
    const { bot, submit, ended } = await aBot()
    const { id } = await submit(1, { retries: 0, timeoutSeconds: 1 }, () => '[sandbox: hang]')
    bot.startRunner()
    expect((await ended(id)).counts).toMatchObject({ succeeded: 1 })
  })
})

test('a call that waits in Dify’s queue is counted as such, and its run gives the row’s result', async () => {
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
  test('ends within 2 s, stops at Dify what was in flight, and late answers change nothing', async () => {
    const { bot, sandbox, submit, until, find } = await aBot({ pace: { stopWithinMs: 1_500 } })
    const { id } = await submit(10, { concurrency: 4 }, () => '[sandbox: stuck]')
    bot.startRunner()
    await until(id, () => sandbox.hits().filter(({ idsSentAt }) => idsSentAt !== null).length === 4)

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

test('a task that is paused while its last rows are in flight is completed when they end', async () => {
  const { bot, submit, until, ended, sandbox } = await aBot({ delayMs: 40 })
  const { id } = await submit(2, { concurrency: 2 })
  bot.startRunner()
  await until(id, () => sandbox.hits().length === 2)
  await bot.engine.pause(id, 'mei')
  expect(await until(id, ({ status }) => status === 'completed')).toMatchObject({ counts: { succeeded: 2 } })
  expect((await ended(id)).finishedAt).not.toBeNull()
})

test('a task that faults again and again stops with an error instead of being tried forever', async () => {
  const { bot, submit, ended } = await aBot()
  const { id } = await submit(2)
  await bot.db.updateTable('task_executions').set({ inputs: 'not JSON' }).execute()
  bot.startRunner()
  const halted = await ended(id)
  expect(halted.error).toMatch(/^Rowbot failed several times while it ran this task \(\w{8}\)/)
})

test('rows with escapes and NULs in their cells and outputs run, and come out in the result', async () => {
  const { bot, submit, ended } = await aBot()
  const { id } = await submit(2, {}, (row) => (row === 2 ? 'fast \\u0000 boil' : 'nul \0 here'))
  bot.startRunner()
  expect((await ended(id)).counts).toMatchObject({ succeeded: 2 })
  expect((await rowsOf(bot, id)).map(({ cells }) => cells[1])).toEqual(['fast \\u0000 boil', 'nul  here'])
})

describe('retry', () => {
  test('runs the failed rows only, and a stopped task continues where it was', async () => {
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

  test('uses all other lanes while one slow row runs', async () => {
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

  test('is not forgotten if it is asked for while the last rows run', async () => {
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

test('the counts of a task always match its rows, whatever happened to it', async () => {
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
