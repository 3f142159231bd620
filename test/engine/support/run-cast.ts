import { expect } from 'bun:test'
import { createRowStore } from '../../../src/db/store.ts'
import { findSpending } from '../../../src/db/usage/task-spending.ts'
import { findTask } from '../../../src/db/tasks/tasks.ts'
import { createWriter } from '../../../src/db/writer.ts'
import { resultRows } from '../../../src/db/rows/result-rows.ts'
import { LEAVING, STOPPED } from '../../../src/engine/following.ts'
import { DEFAULT_TIMING, type Timing } from '../../../src/engine/timing.ts'
import { TaskRun } from '../../../src/engine/task-run.ts'
import { StoppedRuns } from '../../../src/engine/stopped-runs.ts'
import type { TaskLimit } from '../../../src/engine/limits.ts'
import type { Nano } from '../../../src/engine/money.ts'
import type { Parameters, Task } from '../../../src/engine/task.ts'
import { Throttle } from '../../../src/engine/throttle.ts'
import type { WorkflowRuntime, RunnerServices } from '../../../src/engine/services.ts'
import { createRunnerStore } from '../../../src/queue/runner-store.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { openShelf } from '../../support/runner-store.ts'
import { FakeDify, type FakeDifyOptions } from './fake-dify.ts'

/** A run of these has cost something. */
const ENDED = new Set(['succeeded', 'failed', 'stopped', 'unknown'])

interface Options extends FakeDifyOptions {
  rows?: number
  limit?: TaskLimit
  parameters?: Partial<Parameters>
  timing?: Partial<Timing>
}

/** A task with a Dify of its own, on a clock that the test moves. No jitter: each wait is half of the longest. */
export async function aTask({ rows = 1, limit, parameters = {}, timing = {}, ...options }: Options = {}) {
  const clock = new FakeClock()
  const shelf = await openShelf({ clock })
  const dify = new FakeDify(clock, options)
  const { id } = await shelf.submit(rows, {
    parameters: { name: 'n', concurrency: 10, timeoutSeconds: 60, ...parameters },
    ...(limit && { limit }),
  })
  const { db, engine } = shelf
  const faults: unknown[] = []

  /** One life of the process. */
  function life() {
    const store = createRowStore(db, createWriter(db))
    const all = { ...DEFAULT_TIMING, ...timing }
    const throttle = new Throttle({ atOnce: 10 }, clock, all, () => 0.5)
    const runtime: WorkflowRuntime = {
      app: dify,
      variables: [],
      throttle,
      queueMs: all.queueMs,
      graceMs: all.lookUpGraceMs,
    }
    const stopped = new StoppedRuns(clock, all, store, (fault) => void faults.push(fault))
    const services: RunnerServices & { stopped: StoppedRuns } = {
      rows: store,
      stopped,
      openedAt: clock.now(),
      clock,
      timing: all,
      random: () => 0.5,
    }
    const tasks = createRunnerStore(db, clock)
    let run: TaskRun | undefined
    let ended: Promise<unknown> = Promise.resolve()
    const state = { isOver: true }
    async function toItsEnd(running: TaskRun, task: Task) {
      try {
        if ((await running.run()) === 'done') await tasks.complete(task)
      } catch (fault) {
        faults.push(fault)
      } finally {
        state.isOver = true
      }
    }

    return {
      services,
      runtime,
      start: async () => {
        const task = await tasks.take(id)
        if (!task) throw new Error('not taken')
        run = new TaskRun(task, runtime, services, (halt) => tasks.halt(task, halt.error))
        state.isOver = false
        ended = toItsEnd(run, task)
        await clock.pass(0)
      },
      /** As after a crash: nothing more is stored, and Dify does not notice. */
      leave: async () => {
        run?.abort(LEAVING)
        await clock.pass(all.stopWithinMs)
        await ended
        await stopped.close()
      },
      stop: async () => {
        const task = await engine.stop(id, 'mei')
        run?.abort(STOPPED)
        await clock.pass(0)
        return task
      },
      /** Lets time pass, `stepMs` at a time, until the task has ended. */
      rest: async (longestMs = 7_200_000, stepMs = 500) => {
        for (let passed = 0; !state.isOver && passed < longestMs; passed += stepMs) await clock.pass(stepMs)
        if (!state.isOver) throw new Error('The task has not come to rest.')
        await clock.pass(0)
      },
      takeOver: () =>
        stopped.takeOver(
          services,
          () => false,
          () => Promise.resolve(runtime),
        ),
    }
  }

  const runs = () => db.selectFrom('runs').selectAll().orderBy('row_number').orderBy('attempt').execute()
  return {
    ...shelf,
    clock,
    dify,
    id,
    life,
    runs,
    find: () => findTask(db, id),
    results: async () => {
      const found = []
      for await (const chunk of resultRows(db, id)) found.push(...chunk)
      return found
    },
    /** Checks that `runs` adds up to what Dify billed: each run has its line, and an unknown price is marked as unknown. */
    account: async () => {
      expect(faults).toEqual([])
      const lines = new Map((await runs()).map((line) => [line.user, line]))
      for (const run of dify.runs) {
        const line = lines.get(run.user)
        if (!line) throw new Error(`The run of ${run.user} has no line.`)
        const isSaid = line.status === 'open' || line.status === 'stopped' || line.learnt !== 'stream'
        expect(line.price_nano ?? (isSaid ? run.billed : 0n)).toBe(run.billed)
      }
      const ran = new Set(dify.runs.map(({ user }) => user))
      for (const line of lines.values()) if (!ran.has(line.user)) expect(line.price_nano ?? 0n).toBe(0n)
      const sum = (of: { price_nano: Nano | null }[]) =>
        of.reduce((all, { price_nano }) => all + (price_nano ?? 0n), 0n)
      expect(sum(await db.selectFrom('task_executions').select('price_nano').execute())).toBe(
        sum([...lines.values()]),
      )
      // Every call that ran and has ended is counted once, with its price or what was taken for it.
      const { calls, prices } = await findSpending(db, id)
      const ended = [...lines.values()].filter(({ status }) => ENDED.has(status))
      expect(calls).toBe(ended.length)
      expect(prices.reduce((all, { nano }) => all + nano, 0n)).toBe(
        ended.reduce((all, { price_nano, guess_nano }) => all + (price_nano ?? 0n) + (guess_nano ?? 0n), 0n),
      )
    },
  }
}
