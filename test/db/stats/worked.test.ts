import { expect, test } from 'bun:test'
import { findWorkedMs, listWorkedMs } from '../../../src/db/stats/worked.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { aHand } from '../../bots/support/hand.ts'
import { openShelf } from '../../support/runner-store.ts'

const SECOND = 1_000
const NIGHT = 14 * 3_600_000

/** A task of ten rows, and a runner that does by hand what the test says. */
async function aRun() {
  const { db, clock, engine, submit } = await openShelf()
  const { shelf: runner, settle, claim } = aHand(db, clock)
  const { id } = await submit(10)
  return {
    db,
    clock,
    engine,
    runner,
    id,
    settle,
    claim,
    take: async () => {
      const task = await runner.take(id)
      if (!task) throw new Error('not taken')
      return task
    },
    /** in seconds */
    worked: async () => {
      const task = await findTask(db, id)
      return task && (await findWorkedMs(db, task, clock.now())) / SECOND
    },
  }
}

test('a task has worked from its first row to its end', async () => {
  const { take, settle, clock, runner, worked } = await aRun()
  expect(await worked()).toBe(0)
  await clock.pass(NIGHT)
  const task = await take()
  await clock.pass(10 * SECOND)
  expect(await worked()).toBe(10)
  await settle(task, 10)
  await runner.complete(task)
  await clock.pass(NIGHT)
  expect(await worked()).toBe(10)
})

test('a night in which it was paused does not count, but the rows that were still at Dify do', async () => {
  const { take, settle, claim, clock, engine, id, runner, worked } = await aRun()
  const task = await take()
  const answer = await claim(task)
  await clock.pass(10 * SECOND)
  await engine.pause(id, 'Mei')
  expect(await worked()).toBe(10)
  await clock.pass(3 * SECOND)
  await answer()
  await clock.pass(NIGHT)
  expect(await worked()).toBe(13)
  await engine.resume(id, 'Mei')
  const again = await take()
  await clock.pass(20 * SECOND)
  await settle(again, 9)
  await runner.complete(again)
  await clock.pass(NIGHT)
  expect(await worked()).toBe(33)
})

test('the time without a runner does not count, whether the last one left or died', async () => {
  const { take, settle, clock, runner, worked } = await aRun()
  const first = await take()
  await clock.pass(10 * SECOND)
  await runner.release(first)
  await clock.pass(NIGHT)
  const second = await take()
  await clock.pass(5 * SECOND)
  await settle(second, 3)
  await clock.pass(NIGHT)
  const third = await take()
  await clock.pass(2 * SECOND)
  await settle(third, 7)
  await runner.complete(third)
  expect(await worked()).toBe(17)
})

test('after a stop and a retry, only what was run counts', async () => {
  const { take, settle, clock, engine, id, worked } = await aRun()
  const task = await take()
  await clock.pass(4 * SECOND)
  await settle(task, 1, 'Refused.')
  await engine.stop(id, 'Mei')
  await clock.pass(NIGHT)
  expect(await worked()).toBe(4)
  await engine.retry(id, 'Mei')
  await clock.pass(NIGHT)
  const again = await take()
  await clock.pass(1 * SECOND)
  await settle(again, 1)
  expect(await worked()).toBe(5)
})

test('a task without a log, as of an earlier version, took from its start to its end', async () => {
  const { db } = await aRun()
  const old = { id: 'old', startedAt: 1_000, finishedAt: 61_000 }
  const none = { id: 'none', startedAt: null, finishedAt: null }
  expect(await listWorkedMs(db, [old, none], 99_000)).toEqual(
    new Map([
      ['old', 60_000],
      ['none', 0],
    ]),
  )
})
