import { describe, expect, test } from 'bun:test'
import { countQueued, countSilent, countUnknownCalls } from '../../src/db/runs/run-facts.ts'
import { sumUsage } from '../../src/db/stats/task-facts.ts'
import { columnsOf } from '../../src/workbook/write/columns.ts'
import type { Outcome } from '../../src/engine/outcome.ts'
import { aTask } from './support/run-cast.ts'
import { spoken } from '../support/spoken.ts'
import { nano } from '../support/nano.ts'

const statusesOf = (runs: { status: string }[]) => runs.map(({ status }) => status)

test('a row that runs has one line in `runs`, with its times, its ids and what it cost', async () => {
  const { life, runs, dify, account, find } = await aTask({ rows: 3 })
  const { start, rest } = life()
  await start()
  expect(statusesOf(await runs())).toEqual(['open', 'open', 'open'])
  await rest()
  expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 3 } })
  expect(await runs()).toMatchObject(
    dify.runs.map(({ user, runId, difyTaskId }) => ({
      user,
      status: 'succeeded',
      learnt: 'stream',
      accepted_at: expect.any(Number),
      started_at: expect.any(Number),
      ended_at: expect.any(Number),
      workflow_run_id: runId,
      dify_task_id: difyTaskId,
      tokens: 10,
      price_nano: nano(0.25),
    })),
  )
  await account()
})

describe('queued is not running', () => {
  test('what a chatbot has not said yet waits in no queue: it is thinking', async () => {
    const { life, db, id, clock } = await aTask({ rows: 2, workers: 1, seconds: 20 })
    const { start, rest } = life()
    await start()
    await clock.pass(5_000)
    expect((await countQueued(db, [id], clock.now())).get(id)?.count).toBe(1)
    await db.updateTable('workflows').set({ mode: 'chat' }).execute()
    expect((await countQueued(db, [id], clock.now())).has(id)).toBe(false)
    await rest()
  })

  test('ten rows of 20 s on one worker with a limit of 60 s are ten runs', async () => {
    const { life, dify, account, find, db, id, clock } = await aTask({ rows: 10, workers: 1, seconds: 20 })
    const { start, rest, runtime } = life()
    await start()
    await clock.pass(50_000)
    expect((await countQueued(db, [id], clock.now())).get(id)).toEqual({ count: 7, waitMs: 50_000 })
    expect(runtime.throttle.queue.size).toBe(7)
    await rest()
    expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 10 } })
    expect(dify.calls).toBe(10)
    expect(runtime.throttle.queue.size).toBe(0)
    await account()
  })

  test('and still ten if every connection is cut before the run has started', async () => {
    const { life, dify, account, find, results } = await aTask({
      rows: 10,
      workers: 1,
      seconds: 20,
      troubles: () => ({ cutAfterMs: 100 }),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 10 } })
    expect(dify.calls).toBe(10)
    expect((await results()).map(({ outputs }) => outputs?.['by'])).toEqual(dify.runs.map(({ user }) => user))
    await account()
  })

  test('a call that is lost in the queue is made again once calls accepted a minute later have started', async () => {
    const { life, dify, account, find, clock } = await aTask({
      rows: 6,
      parameters: { concurrency: 2 },
      seconds: 30,
      troubles: (n) => (n === 1 ? { lostInQueue: true } : {}),
    })
    const { start, rest } = life()
    await start()
    await clock.pass(59_000)
    expect(dify.calls).toBe(3)
    await rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 6 } })
    expect(dify.calls).toBe(7)
    expect(clock.monotonicNow() - 1_000_000).toBeLessThan(300_000)
    await account()
  })

  test('if there are no others, only after half an hour; if the first run starts after all, it wins and the other is stopped', async () => {
    const { life, dify, account, runs, find, clock } = await aTask({
      seconds: 30,
      troubles: (n) => (n === 1 ? { queuedForMs: 1_800_000 + 20_000 } : { queuedForMs: 300_000 }),
    })
    const { start, rest, services } = life()
    await start()
    await clock.pass(1_799_000)
    expect(dify.calls).toBe(1)
    await rest()
    expect(dify.calls).toBe(2)
    expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
    await clock.pass(600_000)
    expect(dify.stops).toEqual(['task-2'])
    expect(await runs()).toMatchObject([
      { status: 'succeeded', learnt: 'look-up' },
      { status: 'stopped', stop_reason: 'twin' },
    ])
    await services.stopped.close()
    await account()
  })

  test('if the second run starts first, the first is stopped as soon as it starts', async () => {
    const { life, dify, account, runs, find, clock } = await aTask({
      canJoin: true,
      troubles: (n) => (n === 1 ? { queuedForMs: 1_900_000, seconds: 600 } : {}),
    })
    const { start, rest, services } = life()
    await start()
    await rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
    await clock.pass(200_000)
    expect(dify.stops).toEqual(['task-1'])
    expect(await runs()).toMatchObject([{ status: 'stopped', stop_reason: 'twin' }, { status: 'succeeded' }])
    await services.stopped.close()
    await account()
  })
})

test('if two runs of a row succeed, the first gives the result, and the row shows both', async () => {
  const { life, dify, account, runs, results, clock } = await aTask({
    troubles: (n) => (n === 1 ? { queuedForMs: 1_800_500, seconds: 2, isDeaf: true } : { seconds: 1 }),
  })
  const { start, rest, services } = life()
  await start()
  await rest()
  await clock.pass(10_000)
  expect(dify.runs.map(({ status }) => status)).toEqual(['succeeded', 'succeeded'])
  expect(statusesOf(await runs())).toEqual(['succeeded', 'succeeded'])
  expect(spoken(await results())).toMatchObject([
    {
      status: 'succeeded',
      workflowRunId: 'run-2',
      warning: 'Two runs of this row succeeded: run-2, whose result this is, and run-1.',
    },
  ])
  await services.stopped.close()
  await account()
})

describe('silence is not an end', () => {
  test('a run whose stream falls silent is looked up after a minute, and its result is used', async () => {
    const { life, dify, account, runs, db, id, clock } = await aTask({
      seconds: 200,
      parameters: { timeoutSeconds: 300 },
      troubles: () => ({ isSilent: true }),
    })
    const { start, rest } = life()
    await start()
    await clock.pass(59_000)
    expect(dify.lookUps).toEqual([])
    await clock.pass(121_000)
    expect((await countSilent(db, [id], clock.now())).get(id)).toEqual({ count: 1, since: 1_000_000 })
    await rest()
    expect(await runs()).toMatchObject([
      { status: 'succeeded', learnt: 'look-up', tokens: 10, price_nano: null },
    ])
    expect(dify.calls).toBe(1)
    const gaps = dify.lookUps.map(({ at }, i) => at - (dify.lookUps[i - 1]?.at ?? at))
    expect(gaps.slice(1, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000])
    await account()
  })

  test('a run of a dead worker gets its full time, and the row says what is known', async () => {
    const { life, dify, account, results, clock } = await aTask({
      parameters: { retries: 0 },
      troubles: () => ({ isDead: true }),
    })
    const { start, rest } = life()
    const began = new Date(clock.now()).toTimeString().slice(0, 5)
    await start()
    await rest()
    expect(spoken(await results())).toMatchObject([
      {
        status: 'failed',
        error: `Timed out after 1 min. Dify still says running; no sign of life since ${began}.`,
      },
    ])
    expect(clock.monotonicNow() - 1_000_000).toBeGreaterThan(20 * 60_000)
    expect(dify.calls).toBe(1)
    await account()
  })

  test('a run whose connection is cut before the first event is looked up after 0, 1, 2, 4 … s', async () => {
    const { life, dify, account } = await aTask({
      seconds: 5,
      troubles: () => ({ cutAtOnce: 'runs', queuedForMs: 40_000 }),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(dify.calls).toBe(1)
    expect(dify.lookUps.slice(0, 6).map(({ at }) => at - 1_000_000)).toEqual([
      0, 1_000, 2_000, 4_000, 8_000, 16_000,
    ])
    await account()
  })

  test('a broken stream is joined again, to learn the price', async () => {
    const { life, dify, account, runs } = await aTask({
      seconds: 30,
      canJoin: true,
      troubles: () => ({ cutAfterMs: 3_000 }),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(dify.calls).toBe(1)
    expect(await runs()).toMatchObject([{ status: 'succeeded', learnt: 're-attach', price_nano: nano(0.25) }])
    await account()
  })
})

describe('before any call for a row, its earlier runs are looked up', () => {
  test('a retry by a person uses the result of a run that finished late', async () => {
    const { life, dify, account, engine, id, results, clock } = await aTask({
      parameters: { retries: 0 },
      timing: { runEndsMs: 120_000 },
      troubles: () => ({ seconds: 600, isDeaf: true }),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(await results()).toMatchObject([{ status: 'failed' }])
    await clock.pass(600_000)
    await engine.retry(id, 'mei')
    await start()
    await rest()
    expect(await results()).toMatchObject([{ status: 'succeeded' }])
    expect(dify.calls).toBe(1)
    await account()
  })

  test('a crash costs nothing: running runs are waited for, the results of ended ones are used', async () => {
    const { life, dify, account, find, clock } = await aTask({
      rows: 10,
      seconds: 20,
      parameters: { concurrency: 5 },
    })
    const first = life()
    await first.start()
    await clock.pass(10_000)
    await first.leave()
    await clock.pass(15_000)
    const next = life()
    await next.start()
    await next.rest()
    expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 10 } })
    expect(dify.calls).toBe(10)
    await account()
  })

  test('after a backup is restored, nothing is paid for twice', async () => {
    const { life, dify, find, db, clock, id, account } = await aTask({
      rows: 55,
      parameters: { concurrency: 5 },
    })
    const first = life()
    await first.start()
    await first.rest()
    expect(dify.calls).toBe(55)
    // As the database was before any row ran.
    await db.deleteFrom('runs').execute()
    await db.deleteFrom('usage').execute()
    await db
      .updateTable('task_executions')
      .set({ status: 'pending', attempt: 0, outputs: null, tokens: null, price_nano: null })
      .execute()
    await db
      .updateTable('batch_tasks')
      .set({ status: 'pending', succeeded: 0, epoch: 0 })
      .where('id', '=', id)
      .execute()
    await clock.pass(3_600_000)
    const next = life()
    await next.start()
    await next.rest()
    expect(await find()).toMatchObject({ status: 'completed', counts: { succeeded: 55 } })
    expect(dify.calls).toBe(55)
    await account()
  })

  test('if Dify knows no more than we do of a task from before this process, only about ten rows are looked up', async () => {
    const { life, dify, clock } = await aTask({ rows: 40, parameters: { concurrency: 5 } })
    await clock.pass(1_000)
    const next = life()
    await next.start()
    await next.rest()
    expect(dify.calls).toBe(40)
    expect(dify.lookUps.length).toBeGreaterThanOrEqual(10)
    expect(dify.lookUps.length).toBeLessThan(20)
  })
})

describe('a failure that Dify reports although nothing failed', () => {
  const rejected: Outcome = { kind: 'rejected', error: 'name is required in input form' }

  test('ends the row at once with its error if there is no such run', async () => {
    const { life, dify, account, results, runs, clock } = await aTask({
      troubles: () => ({ madeUp: rejected }),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(clock.monotonicNow() - 1_000_000).toBeLessThan(2_000)
    expect(spoken(await results())).toMatchObject([
      { status: 'failed', error: 'name is required in input form' },
    ])
    expect(await runs()).toMatchObject([{ status: 'refused', learnt: 'look-up', price_nano: null }])
    expect(dify.calls).toBe(1)
    await account()
  })

  test('is ignored if the run goes on: the run decides', async () => {
    const { life, dify, account, find } = await aTask({
      seconds: 5,
      troubles: () => ({ madeUp: rejected, yetRuns: true }),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
    expect(dify.calls).toBe(1)
    await account()
  })

  test('a run that somebody else stopped costs no attempt', async () => {
    const stopped: Outcome = { kind: 'failed', stopped: true, error: 'The worker is shutting down.' }
    const { life, dify, account, find, runs } = await aTask({
      parameters: { retries: 0 },
      troubles: (n) => (n < 4 ? { end: stopped } : {}),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
    expect(dify.calls).toBe(4)
    expect(statusesOf(await runs())).toEqual(['stopped', 'stopped', 'stopped', 'succeeded'])
    await account()
  })
})

test('a stream that says “stopped” is not believed if the run goes on', async () => {
  const { life, dify, account, find } = await aTask({
    seconds: 20,
    troubles: () => ({ streamSays: { kind: 'failed', stopped: true, error: 'Shutting down.' } }),
  })
  const { start, rest } = life()
  await start()
  await rest()
  expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
  expect(dify.calls).toBe(1)
  await account()
})

describe('a person’s stop', () => {
  test('is undone by a resume: a run that still waits in the queue is the row’s again', async () => {
    const { life, dify, account, engine, id, clock, find } = await aTask({
      troubles: () => ({ queuedForMs: 60_000, seconds: 5 }),
    })
    const one = life()
    await one.start()
    await clock.pass(5_000)
    await one.stop()
    await clock.pass(5_000)
    await engine.resume(id, 'mei')
    await one.start()
    await one.rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
    expect(dify).toMatchObject({ calls: 1, stops: [] })
    await account()
  })

  test('stops what runs, and `runs` says so; after a resume the row is called again', async () => {
    const { life, dify, account, engine, id, runs, clock, find } = await aTask({ seconds: 30 })
    const one = life()
    await one.start()
    await clock.pass(5_000)
    await one.stop()
    await clock.pass(2_000)
    expect(await runs()).toMatchObject([{ status: 'stopped', stop_reason: 'person', learnt: 'stream' }])
    await engine.resume(id, 'mei')
    await one.start()
    await one.rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
    expect(dify.calls).toBe(2)
    await account()
  })

  test('stops a run that waits in the queue as soon as it starts', async () => {
    const { life, dify, account, clock, runs } = await aTask({ rows: 3, workers: 1, seconds: 30 })
    const { start, stop, services } = life()
    await start()
    await clock.pass(5_000)
    await stop()
    await clock.pass(10_000)
    expect(dify.stops).toEqual(['task-1', 'task-2', 'task-3'])
    expect(statusesOf(await runs())).toEqual(['stopped', 'stopped', 'stopped'])
    await services.stopped.close()
    await account()
  })

  test('does so even if the process ends before the run starts', async () => {
    const { life, dify, account, clock, runs } = await aTask({
      canJoin: true,
      troubles: () => ({ queuedForMs: 60_000, seconds: 30 }),
    })
    const one = life()
    await one.start()
    await clock.pass(5_000)
    await one.stop()
    await one.leave()
    const next = life()
    await next.takeOver()
    await clock.pass(100_000)
    expect(dify.stops).toEqual(['task-1'])
    expect(statusesOf(await runs())).toEqual(['stopped'])
    await next.services.stopped.close()
    await account()
  })

  test('keeps the result of a run that succeeds all the same, for when the task is resumed', async () => {
    const { life, dify, account, engine, id, clock, find } = await aTask({
      troubles: () => ({ isDeaf: true, seconds: 30 }),
    })
    const one = life()
    await one.start()
    await clock.pass(5_000)
    await one.stop()
    await clock.pass(60_000)
    await engine.resume(id, 'mei')
    await one.start()
    await one.rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
    expect(dify.calls).toBe(1)
    await account()
  })
})

describe('an app whose runs cannot be looked up', () => {
  test('says after a crash how many calls may have been paid for, and calls again without waiting', async () => {
    const { life, dify, account, db, id, clock, find, runs } = await aTask({
      rows: 5,
      seconds: 30,
      canLookUp: false,
    })
    await db.updateTable('workflows').set({ mode: 'completion' }).execute()
    const one = life()
    await one.start()
    await clock.pass(5_000)
    await one.leave()
    const before = clock.monotonicNow()
    const next = life()
    await next.start()
    expect(dify.calls).toBe(10)
    expect(clock.monotonicNow()).toBe(before)
    expect(await countUnknownCalls(db, id)).toBe(5)
    const logs = await db.selectFrom('execution_logs').select(['event', 'message']).execute()
    expect(spoken(logs)).toContainEqual({
      event: 'task.maybe-paid',
      message: '5 calls may have been paid already: Dify cannot say what became of them.',
    })
    await next.rest()
    expect(await find()).toMatchObject({ counts: { succeeded: 5 } })
    expect(statusesOf(await runs()).filter((status) => status === 'unknown')).toHaveLength(5)
    await account()
  })

  test('has its runs stopped when their time is up', async () => {
    const { life, dify, account, results } = await aTask({
      seconds: 600,
      canLookUp: false,
      parameters: { retries: 1 },
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(dify.stops).toEqual(['task-1', 'task-2'])
    expect(spoken(await results())).toMatchObject([{ status: 'failed', error: 'Timed out after 1 min.' }])
    await account()
  })
})

describe('a price that Dify did not report', () => {
  test('is estimated by the workflow’s mean for a row that was found again, and marked', async () => {
    const { life, account, db, id, results } = await aTask({
      rows: 5,
      seconds: 5,
      troubles: (n) => (n === 3 ? { cutAfterMs: 1_000 } : {}),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(await sumUsage(db, id)).toEqual({
      tokens: 50,
      prices: [{ currency: 'USD', nano: nano(1.25), guessed: 1 }],
      unpriced: 0,
      unknownCalls: 0,
    })
    const rows = await results()
    expect(rows.map(({ price, priceGuess }) => [price, priceGuess])).toEqual([
      [nano(0.25), undefined],
      [nano(0.25), undefined],
      [null, nano(0.25)],
      [nano(0.25), undefined],
      [nano(0.25), undefined],
    ])
    const columns = columnsOf({ headings: [], outputNames: [] })
    const price = columns.find(({ heading }) => heading === 'price')
    expect(rows.map((row) => price?.of(row))).toEqual([0.25, 0.25, '≈ 0.25', 0.25, 0.25])
    await account()
  })

  test('is unknown for a row that was stopped, not zero', async () => {
    const { life, db, id, clock, dify } = await aTask({ rows: 2, seconds: 5, parameters: { concurrency: 1 } })
    const { start, stop } = life()
    await start()
    await clock.pass(7_000)
    await stop()
    await clock.pass(3_000)
    expect(dify.billed).toBe(nano(0.5))
    expect(await sumUsage(db, id)).toMatchObject({
      prices: [{ currency: 'USD', nano: nano(0.5), guessed: 1 }],
      unpriced: 0,
    })
  })

  test('is not shown at all for a workflow that never reports one', async () => {
    const silent: Outcome = { kind: 'succeeded', outputs: {}, usage: { tokens: 3 } }
    const { life, db, id } = await aTask({
      rows: 2,
      troubles: (n) => ({ end: silent, ...(n === 1 && { cutAfterMs: 1 }) }),
    })
    const { start, rest } = life()
    await start()
    await rest()
    expect(await sumUsage(db, id)).toMatchObject({ prices: [], unpriced: 0 })
  })
})

describe('a clock that jumps', () => {
  test.each([3_600_000, -3_600_000])('by %p ms stalls nothing and charges nothing', async (ms) => {
    const failed: Outcome = { kind: 'failed', error: 'No.', usage: { price: nano(0.25), currency: 'USD' } }
    const { life, dify, account, clock, find } = await aTask({
      rows: 4,
      seconds: 20,
      parameters: { concurrency: 2, retries: 0 },
      troubles: (n) => (n === 2 ? { end: { ...failed, stopped: true } } : {}),
    })
    const { start, rest } = life()
    await start()
    await clock.pass(10_000)
    clock.jump(ms)
    await clock.pass(11_000)
    clock.jump(-ms)
    await rest(200_000)
    expect(await find()).toMatchObject({ counts: { succeeded: 4 } })
    expect(dify.calls).toBe(5)
    await account()
  })
})

test('a row that waits for its next attempt waits no longer if the machine’s clock is set back', async () => {
  const failed: Outcome = { kind: 'failed', error: 'No.', usage: { price: nano(0.25), currency: 'USD' } }
  const { life, account, clock, find } = await aTask({ troubles: (n) => (n === 1 ? { end: failed } : {}) })
  const { start, rest } = life()
  await start()
  clock.jump(-900_000)
  await rest(30_000)
  expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
  await account()
})

test.each([900_000, -900_000])('a clock that jumps by %p ms while no process runs', async (ms) => {
  const { life, dify, account, clock, find } = await aTask({ seconds: 20, rows: 2 })
  const one = life()
  await one.start()
  await clock.pass(5_000)
  await one.leave()
  clock.jump(ms)
  clock.restart()
  const next = life()
  await next.start()
  await next.rest(60_000)
  expect(await find()).toMatchObject({ counts: { succeeded: 2 } })
  expect(dify).toMatchObject({ calls: 2, stops: [] })
  await account()
})

test('a silent completion is not waited for longer than the row’s time limit', async () => {
  const { life, dify, clock, results } = await aTask({
    canLookUp: false,
    parameters: { retries: 0 },
    troubles: () => ({ lostInQueue: true }),
  })
  const { start, rest } = life()
  await start()
  await rest()
  expect(clock.monotonicNow() - 1_000_000).toBeLessThan(70_000)
  expect(spoken(await results())).toMatchObject([{ error: expect.stringContaining('it may have been paid') }])
  expect(dify.calls).toBe(1)
})

test('if the server cannot be asked, the row stays open and nothing is called', async () => {
  const { life, dify, clock, find, account } = await aTask({ troubles: () => ({ cutAtOnce: 'runs' }) })
  const { start, rest } = life()
  dify.lookUpFails = { kind: 'lost', error: 'HTTP 500.', inTrouble: true }
  await start()
  await clock.pass(300_000)
  expect(dify.calls).toBe(1)
  dify.lookUpFails = undefined
  await rest()
  expect(await find()).toMatchObject({ counts: { succeeded: 1 } })
  expect(dify.calls).toBe(1)
  await account()
})
