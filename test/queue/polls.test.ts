import { describe, expect, test } from 'bun:test'
import { findTask } from '../../src/db/tasks/tasks.ts'
import { LocalQueue } from '../../src/queue/local.ts'
import { createRunnerStore } from '../../src/queue/runner-store.ts'
import type { WorkflowRuntime } from '../../src/engine/services.ts'
import { aDify, aTask, ended } from '../engine/support/cast.ts'
import { later, until } from '../support/bot.ts'
import { spoken } from '../support/spoken.ts'

const AFTER_FAULT_MS = 5_000

/** A queue that nobody wakes, on a clock that the test moves: it polls when it is started, and at its own intervals. */
async function aQueue({
  rows = 1,
  retries = 0,
  onRun = () => ended('succeeded'),
  findLine = (line: WorkflowRuntime) => line,
}: {
  rows?: number
  retries?: number
  onRun?: (name: string) => Response | Promise<Response>
  findLine?: (line: WorkflowRuntime) => WorkflowRuntime
} = {}) {
  const cast = await aTask(aDify({ onRun }), { rows, retries, concurrency: 1 })
  const { db, clock, id, line, services } = cast
  const faults: number[] = []
  const queue = new LocalQueue({
    store: createRunnerStore(db, clock),
    services,
    runtimeOf: async () => findLine(line),
    clock,
    onFault: () => `fault-${faults.push(clock.now())}`,
    afterFaultMs: AFTER_FAULT_MS,
    pollEveryMs: AFTER_FAULT_MS - 1,
  })
  later(() => queue.stop(0))
  return {
    ...cast,
    queue,
    faults,
    find: () => findTask(db, id),
    untilTask: (done: (task: Awaited<ReturnType<typeof findTask>>) => boolean) =>
      until(() => findTask(db, id), done),
    /** something has gone wrong this many times, and the queue waits for its next poll */
    faulted: (times: number) =>
      until(
        () => [faults.length, clock.alarms],
        ([count, alarms]) => count === times && alarms === 1,
      ),
    /** time passes until the task may be taken again */
    again: async () => {
      await clock.pass(AFTER_FAULT_MS)
      queue.wake()
    },
  }
}

test('a task resumed while its last row is in flight is taken again when that row ends, not at the next poll', async () => {
  const called = Promise.withResolvers<void>()
  const slow = Promise.withResolvers<void>()
  const { clock, engine, id, queue, untilTask } = await aQueue({
    rows: 2,
    async onRun(name) {
      called.resolve()
      if (name === 'Kettle 2') await slow.promise
      return ended('succeeded')
    },
  })
  queue.start()
  await called.promise
  await engine.pause(id, 'mei')
  queue.wake()
  // It has polled once two alarms are set: for its next poll, and for the time limit of the row.
  await until(
    () => clock.alarms,
    (alarms) => alarms === 2,
  )
  await engine.resume(id, 'mei')
  slow.resolve()
  expect(await untilTask((task) => task?.status === 'completed')).toMatchObject({ counts: { succeeded: 2 } })
})

describe('a task in which Rowbot itself goes wrong', () => {
  const aBug = () => {
    throw new Error('a bug')
  }

  test('is taken again after a while, not before, and stops at the third fault in a row', async () => {
    const { clock, queue, faults, find, faulted, again } = await aQueue({ findLine: aBug })
    queue.start()
    await faulted(1)
    await clock.pass(AFTER_FAULT_MS - 1)
    await faulted(1)
    await clock.pass(1)
    queue.wake()
    await faulted(2)
    await again()
    await faulted(3)
    await queue.stop(0)
    expect(faults).toHaveLength(3)
    expect(spoken(await find())).toMatchObject({
      status: 'failed',
      error: expect.stringContaining('fault-3'),
    })
  })

  test('starts counting faults from zero once it has run to its end', async () => {
    let isFixed = false
    const { engine, id, queue, find, untilTask, faulted, again } = await aQueue({
      onRun: () => ended('failed'),
      findLine: (line) => (isFixed ? line : aBug()),
    })
    queue.start()
    await faulted(1)
    await again()
    await faulted(2)
    isFixed = true
    await again()
    await untilTask((task) => task?.status === 'completed')
    isFixed = false
    await engine.retry(id, 'mei')
    queue.wake()
    await faulted(3)
    await queue.stop(0)
    expect(spoken(await find())).toMatchObject({ status: 'running', error: null })
  })
})
