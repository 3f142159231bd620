import { describe, expect, test } from 'bun:test'
import { takeTask } from '../../src/db/tasks/runner-moves.ts'
import { createRowStore } from '../../src/db/store.ts'
import { createWriter } from '../../src/db/writer.ts'
import { openApp } from '../../src/dify/apps/open-app.ts'
import { attempt } from '../../src/engine/attempt.ts'
import { DEFAULT_TIMING } from '../../src/engine/timing.ts'
import { LEAVING, STOPPED } from '../../src/engine/resolve.ts'
import type { Claim, Task } from '../../src/engine/task.ts'
import { Throttle } from '../../src/engine/throttle.ts'
import type { WorkflowRuntime, RunnerServices } from '../../src/engine/services.ts'
import { serve } from '../dify/support/serve.ts'
import { later } from '../support/bot.ts'
import { openShelf } from '../support/runner-store.ts'

const STARTED = { event: 'workflow_started', task_id: 'dify-task-1', workflow_run_id: 'run-1' }

/** A Dify that says nothing but what the test lets it say. */
function aDify() {
  const called = Promise.withResolvers<void>()
  const askedAfter = Promise.withResolvers<void>()
  const stopped = Promise.withResolvers<string>()
  const cut = Promise.withResolvers<void>()
  let stream: ReadableStreamDefaultController<string> | undefined

  const server = serve((request) => {
    const { pathname } = new URL(request.url)
    if (pathname.endsWith('/stop')) {
      stopped.resolve(pathname)
      return Response.json({ result: 'success' })
    }
    if (request.method === 'GET') {
      askedAfter.resolve()
      return new Promise<Response>(() => {}) // no answer
    }
    const body = new ReadableStream<string>({
      start(controller) {
        stream = controller
        controller.enqueue('event: ping\n\n')
        called.resolve()
      },
      cancel: () => cut.resolve(),
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  later(() => server[Symbol.asyncDispose]())
  return {
    baseUrl: `${server.url}/v1`,
    say: (event: object) => stream?.enqueue(`data: ${JSON.stringify(event)}\n\n`),
    /** a row is being called */
    called: called.promise,
    /** it is asked what became of a run, and gives no answer */
    askedAfter: askedAfter.promise,
    /** the path of the call that stops a run */
    stopped: stopped.promise,
    /** the stream of a run is no longer read */
    cut: cut.promise,
  }
}

/** A row that a lane has claimed. Its clock stands still until told to move on. */
async function aClaimedRow() {
  const runnerStore = await openShelf()
  const { db, clock, workflow } = runnerStore
  const { id } = await runnerStore.submit(1)
  const store = createRowStore(db, createWriter(db))
  const dify = aDify()
  const runtime: WorkflowRuntime = {
    app: openApp({ baseUrl: dify.baseUrl, apiKey: 'app-key', mode: 'workflow' }),
    variables: workflow.variables,
    throttle: new Throttle({ atOnce: 10 }, clock, DEFAULT_TIMING),
    queueMs: DEFAULT_TIMING.lookUpGraceMs,
  }
  const services: RunnerServices = {
    rows: store,
    clock,
    timing: DEFAULT_TIMING,
    random: () => 0,
    report: () => {},
  }
  const runner = new AbortController()

  async function claimed(): Promise<{ task: Task; claim: Claim }> {
    const task = await db.transaction().execute((trx) => takeTask(trx, id, clock.now()))
    const claim = task && (await store.claim(task, clock.now()))
    if (!claim) throw new Error('not claimed')
    return { task, claim }
  }
  return {
    clock,
    dify,
    store,
    cut: (reason: symbol) => runner.abort(reason),
    claimed,
    begin: ({ task, claim }: { task: Task; claim: Claim }) =>
      attempt(claim, task, runtime, services, runner.signal),
  }
}

describe('a call whose task a person stops', () => {
  test('before the run has told its id is cut as soon as it does, and the run is stopped by that id', async () => {
    const { clock, dify, claimed, begin, cut } = await aClaimedRow()
    const ending = begin(await claimed())
    await dify.called
    cut(STOPPED)
    await clock.pass(DEFAULT_TIMING.stopWithinMs / 2 - 1)
    dify.say(STARTED)
    // At once: the clock stands still from here on.
    expect(await dify.stopped).toBe('/v1/workflows/tasks/dify-task-1/stop')
    expect(await ending).toMatchObject({ outcome: { kind: 'failed', error: 'Stopped.' }, unresolved: false })
  })

  test('is cut without an id when none has come in half the time of a stop', async () => {
    const { clock, dify, claimed, begin, cut } = await aClaimedRow()
    const ending = begin(await claimed())
    await dify.called
    cut(STOPPED)
    await clock.pass(DEFAULT_TIMING.stopWithinMs / 2)
    await dify.cut
    expect(await ending).toMatchObject({ outcome: { kind: 'failed', error: 'Stopped.' }, ids: {} })
  })
})

describe('a runner that leaves', () => {
  test('writes nothing of a row that it calls: the next one asks what became of the run', async () => {
    const { dify, claimed, begin, cut } = await aClaimedRow()
    const ending = begin(await claimed())
    await dify.called
    cut(LEAVING)
    expect(await ending).toBeUndefined()
  })

  test('writes nothing of a row that it asks after: its fate is as open as before', async () => {
    const { dify, store, claimed, begin, cut } = await aClaimedRow()
    const before = await claimed()
    await store.checkpoint(before.claim, { workflowRunId: 'run-1' })
    const taken = await claimed()
    expect(taken.claim.unresolved).toBe(true)
    const ending = begin(taken)
    await dify.askedAfter
    cut(LEAVING)
    expect(await ending).toBeUndefined()
  })
})
