import { describe, expect, test } from 'bun:test'
import { listWork } from '../../../src/db/stats/work.ts'
import { aHand } from '../../bots/support/hand.ts'
import { openShelf } from '../../support/runner-store.ts'

const SECOND = 1_000
const MINUTE = 60_000

/** A task, and a runner that does by hand what the test says; times count from its start. */
async function aRun(rows = 100) {
  const runnerStore = await openShelf()
  const { db, clock, engine, submit } = runnerStore
  const { shelf: runner, settle } = aHand(db, clock)
  const { id } = await submit(rows)
  const startAt = clock.now()
  const take = async () => {
    const task = await runner.take(id)
    if (!task) throw new Error('This task cannot be taken.')
    return task
  }
  return {
    db,
    clock,
    engine,
    submit,
    runner,
    settle,
    id,
    take,
    /** `from-to: rows` of each part, in seconds since the start */
    seen: async () => {
      const work = (await listWork(db, [id], clock.now())).get(id)
      const seconds = (at: number) => Math.round((at - startAt) / SECOND)
      return work?.parts.map(({ fromAt, toAt, rows }) => `${seconds(fromAt)}-${seconds(toAt)}: ${rows}`)
    },
  }
}

describe('what a task did lately', () => {
  test('is in parts of half a minute, with the rows that were settled in each', async () => {
    const { take, settle, clock, seen } = await aRun()
    const task = await take()
    await clock.pass(10 * SECOND)
    await settle(task, 3)
    await clock.pass(25 * SECOND)
    await settle(task, 2, 'Refused.')
    expect(await seen()).toEqual(['0-30: 3', '30-35: 2'])
  })

  test('is empty before it has run', async () => {
    const { seen, db } = await aRun()
    expect(await seen()).toEqual([])
    expect(await listWork(db, [], 0)).toEqual(new Map())
  })

  test('leaves out the time in which it was paused, and the rows that ended meanwhile', async () => {
    const { take, settle, clock, engine, id, seen } = await aRun()
    const task = await take()
    await settle(task, 3)
    await clock.pass(20 * SECOND)
    await engine.pause(id, 'Mei')
    await settle(task, 1)
    await clock.pass(60 * MINUTE)
    await engine.resume(id, 'Mei')
    await clock.pass(40 * SECOND)
    const again = await take()
    await clock.pass(10 * SECOND)
    await settle(again, 2)
    expect(await seen()).toEqual(['0-20: 3', '3660-3670: 2'])
  })

  test('leaves out the time without a runner, whether the last one left or died', async () => {
    const { take, settle, clock, runner, seen } = await aRun()
    const task = await take()
    await clock.pass(20 * SECOND)
    await settle(task, 3)
    await runner.release(task)
    await clock.pass(60 * MINUTE)
    const second = await take()
    await clock.pass(10 * SECOND)
    await settle(second, 2)
    await clock.pass(120 * MINUTE)
    const third = await take()
    await clock.pass(5 * SECOND)
    await settle(third, 1)
    expect(await seen()).toEqual(['0-20: 3', '3620-3630: 2', '10830-10835: 1'])
  })

  test('knows nothing of rows that a stop has cancelled', async () => {
    const { take, settle, clock, engine, id, seen } = await aRun(100)
    const task = await take()
    await clock.pass(10 * SECOND)
    await settle(task, 1, 'Refused.')
    await settle(task, 4)
    await engine.stop(id, 'Mei')
    await clock.pass(50 * SECOND)
    await engine.retry(id, 'Mei')
    const again = await take()
    await clock.pass(1 * SECOND)
    await settle(again, 1)
    expect(await seen()).toEqual(['0-10: 4', '60-61: 1'])
  })

  test('is that of the last half hour worked', async () => {
    const { db, take, settle, clock, engine, id, seen } = await aRun()
    const task = await take()
    await clock.pass(40 * MINUTE)
    await settle(task, 5)
    await engine.pause(id, 'Mei')
    await engine.resume(id, 'Mei')
    await clock.pass(60 * MINUTE)
    const again = await take()
    await clock.pass(20 * MINUTE - SECOND)
    await settle(again, 1)
    const parts = (await listWork(db, [id], clock.now())).get(id)?.parts ?? []
    const workedMs = parts.reduce((ms, { fromAt, toAt }) => ms + toAt - fromAt, 0)
    expect(Math.floor(workedMs / MINUTE)).toBe(30)
    expect(parts.reduce((sum, { rows }) => sum + rows, 0)).toBe(6)
    expect((await seen())?.at(-1)).toBe('7170-7199: 1')
  })

  test('still has what was settled before the clock was set back', async () => {
    const { db, take, settle, clock, id } = await aRun()
    const task = await take()
    await clock.pass(20 * SECOND)
    await settle(task, 3)
    const work = (await listWork(db, [id], clock.now() - 60 * MINUTE)).get(id)
    expect(work?.parts.map(({ rows }) => rows)).toEqual([3])
    expect(work?.lastAt).toBe(clock.now())
  })

  test('is read for many tasks at once', async () => {
    const { db, clock, submit, take, settle, id } = await aRun()
    const { id: other } = await submit(5)
    const { id: none } = await submit(5)
    const { shelf: runner } = aHand(db, clock)
    const task = await take()
    const second = await runner.take(other)
    await settle(task, 3)
    if (second) await settle(second, 2)
    const work = await listWork(db, [id, other, none, 'gone'], clock.now())
    const rows = [...work].map(([id, { parts }]) => [id, parts.map(({ rows }) => rows)])
    expect(Object.fromEntries(rows)).toEqual({ [id]: [3], [other]: [2], [none]: [] })
  })
})
