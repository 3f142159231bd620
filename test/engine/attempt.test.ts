import { describe, expect, test } from 'bun:test'
import { attempt } from '../../src/engine/attempt.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import { LEAVING, STOPPED } from '../../src/engine/following.ts'
import { Probe } from '../../src/engine/probe.ts'
import type { Claim, Task } from '../../src/engine/task.ts'
import { aDify, aStream, aTask, runOf } from './support/cast.ts'
import { spoken } from '../support/spoken.ts'

const STARTED = { event: 'workflow_started', task_id: 'dify-task-1', workflow_run_id: 'run-1' }

/** A row, and a runner that can be aborted. */
async function aRow(answers: Parameters<typeof aDify>[0] = {}) {
  const stream = aStream()
  const dify = aDify({ onRun: stream.answer, ...answers })
  const cast = await aTask(dify)
  const runner = new AbortController()
  return {
    ...cast,
    dify,
    stream,
    abort: (reason: symbol) => runner.abort(reason),
    begin: ({ task, claim }: { task: Task; claim: Claim }) =>
      attempt(
        claim,
        {
          task,
          runtime: cast.line,
          services: cast.services,
          signal: runner.signal,
          claimedAt: cast.clock.uptime(),
        },
        new Probe(false),
      ),
    /** As another runner finds it, after the one that had called it has died. */
    interrupted: async () => {
      const { claim } = await cast.claimed()
      const run = { executionId: claim.id, attempt: claim.attempt }
      const ids = { workflowRunId: 'run-1', difyTaskId: 'dify-task-1' }
      await cast.store.note(run, { ...ids, startedAt: cast.clock.now() })
      return cast.claimed()
    },
  }
}

describe('a call whose task a person stops', () => {
  test('before its run has an id ends, and the run is stopped as soon as the id is known', async () => {
    const { clock, dify, stream, claimed, begin, abort } = await aRow()
    const ending = begin(await claimed())
    await stream.begun
    abort(STOPPED)
    await clock.pass(0)
    await clock.pass(DEFAULT_TIMING.stopWithinMs)
    expect(await ending).toBeUndefined()
    stream.say(STARTED)
    // At once: the clock stands still from here on.
    expect(await dify.stopped).toBe('/v1/workflows/tasks/dify-task-1/stop')
  })

  test('keeps its stream open until then, or until the process ends', async () => {
    const { clock, stream, claimed, begin, abort, services } = await aRow()
    const ending = begin(await claimed())
    await stream.begun
    abort(STOPPED)
    await clock.pass(0)
    await clock.pass(DEFAULT_TIMING.stopWithinMs)
    expect(await ending).toBeUndefined()
    await services.stopped.close()
    await stream.cut
  })
})

test('a run that is being looked up when a person stops its task is stopped in Dify, even if its time is up', async () => {
  const { clock, dify, interrupted, begin, abort } = await aRow()
  const row = await interrupted()
  await clock.pass(row.task.timeoutSeconds * 1000 - 1)
  const ending = begin(row)
  await dify.lookedUp
  abort(STOPPED)
  expect(await dify.stopped).toBe('/v1/workflows/tasks/dify-task-1/stop')
  await clock.pass(DEFAULT_TIMING.stopWithinMs)
  expect(await ending).toBeUndefined()
})

test('a run whose connection breaks while it waits in Dify’s queue is looked up again in a second, and holds no lane', async () => {
  const { clock, stream, claimed, begin } = await aRow({
    onLookUp: () => Response.json({ has_more: false, data: [] }),
  })
  const ending = begin(await claimed())
  await stream.begun
  await clock.pass(5_000)
  stream.close()
  expect(await ending).toMatchObject({ unresolved: true, askAfterMs: 1_000 })
})

describe('a runner that leaves', () => {
  test('stores nothing of a row that it calls: the next runner looks the run up', async () => {
    const { stream, claimed, begin, abort } = await aRow()
    const ending = begin(await claimed())
    await stream.begun
    abort(LEAVING)
    expect(await ending).toBeUndefined()
  })

  test('stores nothing of a row that it looks up: the outcome is as open as before', async () => {
    const { dify, interrupted, begin, abort } = await aRow()
    const ending = begin(await interrupted())
    await dify.lookedUp
    abort(LEAVING)
    expect(await ending).toBeUndefined()
  })

  test('stores nothing of a run that goes on after its time, while it looks it up once more', async () => {
    const again = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<void>()
    let lookUps = 0
    const { clock, interrupted, begin, abort } = await aRow({
      async onLookUp() {
        if (++lookUps === 1) {
          again.resolve()
          await answer.promise
        }
        return Response.json(runOf('running'))
      },
    })
    const row = await interrupted()
    await clock.pass(row.task.timeoutSeconds * 1000)
    const ending = begin(row)
    await again.promise
    abort(LEAVING)
    answer.resolve()
    expect(await ending).toBeUndefined()
  })
})

test('a run that is found stopped has timed out if its time is up; before that, somebody stopped it, which costs no attempt', async () => {
  const stopped = { onLookUp: () => Response.json(runOf('stopped')) }
  const early = await aRow(stopped)
  expect(spoken(await early.begin(await early.interrupted()))).toMatchObject({
    outcome: { kind: 'throttled', by: 'server', error: 'The run was stopped in Dify.' },
  })

  const late = await aRow(stopped)
  const row = await late.interrupted()
  await late.clock.pass(row.task.timeoutSeconds * 1000)
  expect(spoken(await late.begin(row))).toMatchObject({
    outcome: { kind: 'failed', error: 'Timed out after 5 min.' },
  })
})
