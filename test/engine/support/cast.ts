import { takeTask } from '../../../src/db/tasks/runner-moves.ts'
import { createRowStore } from '../../../src/db/store.ts'
import { createWriter } from '../../../src/db/writer.ts'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { StoppedRuns } from '../../../src/engine/stopped-runs.ts'
import { DEFAULT_TIMING } from '../../../src/engine/timing.ts'
import type { Claim, Parameters, Task } from '../../../src/engine/task.ts'
import { Throttle } from '../../../src/engine/throttle.ts'
import type { WorkflowRuntime, RunnerServices } from '../../../src/engine/services.ts'
import { serve } from '../../dify/support/serve.ts'
import { later } from '../../support/bot.ts'
import { openShelf } from '../../support/runner-store.ts'

/**
 * A Dify that answers as the test says.
 * @param onRun a call to run a row, by the row's name
 * @param onLookUp a look-up of a run; without it there is no answer
 */
export function aDify({
  onRun = () => new Promise<Response>(() => {}),
  onLookUp = () => new Promise<Response>(() => {}),
}: {
  onRun?: (name: string) => Response | Promise<Response>
  onLookUp?: () => Response | Promise<Response>
} = {}) {
  const lookedUp = Promise.withResolvers<void>()
  const stopped = Promise.withResolvers<string>()
  const server = serve(async (request) => {
    const { pathname } = new URL(request.url)
    if (pathname.endsWith('/stop')) {
      stopped.resolve(pathname)
      return Response.json({ result: 'success' })
    }
    if (request.method === 'GET') {
      lookedUp.resolve()
      return onLookUp()
    }
    const { inputs } = (await request.json()) as { inputs: { name: string } } // as anOrder has them
    return onRun(inputs.name)
  })
  later(() => server[Symbol.asyncDispose]())
  return {
    baseUrl: `${server.url}/v1`,
    /** it is asked what became of a run */
    lookedUp: lookedUp.promise,
    /** the path of the call that stops a run */
    stopped: stopped.promise,
  }
}

/** A stream that says nothing but what the test lets it say. */
export function aStream() {
  const begun = Promise.withResolvers<void>()
  const cut = Promise.withResolvers<void>()
  let stream: ReadableStreamDefaultController<string> | undefined
  return {
    answer: () => {
      const body = new ReadableStream<string>({
        start(controller) {
          stream = controller
          controller.enqueue('event: ping\n\n')
          begun.resolve()
        },
        cancel: () => cut.resolve(),
      })
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    },
    say: (event: object) => stream?.enqueue(`data: ${JSON.stringify(event)}\n\n`),
    /** ends without having told the run's end */
    close: () => stream?.close(),
    begun: begun.promise,
    /** nobody reads it any more */
    cut: cut.promise,
  }
}

/** A run as Dify describes it in the answer to a look-up. */
export function runOf(status: 'running' | 'succeeded' | 'failed' | 'stopped') {
  return { status, outputs: {}, error: null, elapsed_time: 1, total_tokens: 1 }
}

export const ended = (status: 'succeeded' | 'failed') =>
  Response.json({ task_id: 't', workflow_run_id: 'r', data: runOf(status) })

/** A task, and all that a runner needs to run it. The test moves its clock. */
export async function aTask(
  { baseUrl }: { baseUrl: string },
  {
    rows = 1,
    random = () => 0,
    ...parameters
  }: Partial<Parameters> & { rows?: number; random?: () => number } = {},
) {
  const shelf = await openShelf()
  const { db, clock, workflow } = shelf
  const { id } = await shelf.submit(rows, {
    parameters: { name: 'products', concurrency: 1, ...parameters },
  })
  const store = createRowStore(db, createWriter(db))
  const line: WorkflowRuntime = {
    app: openApp({ baseUrl, apiKey: 'app-key', mode: 'workflow' }),
    variables: workflow.variables,
    throttle: new Throttle({ atOnce: 10 }, clock, DEFAULT_TIMING, random),
    queueMs: DEFAULT_TIMING.queueMs,
    graceMs: DEFAULT_TIMING.lookUpGraceMs,
  }
  const stopped = new StoppedRuns(clock, DEFAULT_TIMING, store, (fault) => {
    throw fault
  })
  later(() => stopped.close())
  const services: RunnerServices & { stopped: StoppedRuns } = {
    rows: store,
    stopped,
    openedAt: clock.now(),
    clock,
    timing: DEFAULT_TIMING,
    random,
  }

  async function run(): Promise<Task> {
    const task = await db.transaction().execute((trx) => takeTask(trx, id, clock.now()))
    if (!task) throw new Error('not taken')
    return task
  }
  /** The first row that waits, claimed by a runner that has just taken the task. */
  async function claimed(): Promise<{ task: Task; claim: Claim }> {
    const task = await run()
    const claim = await store.claim(task, clock.now())
    if (!claim) throw new Error('not claimed')
    return { task, claim }
  }
  return { ...shelf, id, store, line, services, run, claimed }
}
