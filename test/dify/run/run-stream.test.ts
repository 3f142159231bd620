import { expect, test } from 'bun:test'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { startSandbox } from '../../../src/dify/sandbox/start-sandbox.ts'
import { attempt, sandboxForTests } from '../support/cast.ts'
import { serve } from '../support/serve.ts'
import { spoken } from '../../support/spoken.ts'
import { waitClock } from '../../support/own-time.ts'

const here = sandboxForTests()

test('without workflow_started the ids come from the next event that has them', async () => {
  here.sandbox.misbehave({ stream: 'no-start', delayMs: 20 })
  const { outcome, told } = await attempt(here.sandbox)
  expect(spoken(outcome.kind)).toBe('succeeded')
  expect(told[0]?.workflowRunId).toBe(here.sandbox.hits().at(-1)?.runId ?? '')
})

test('a server that tells the id with its headers tells it before any event', async () => {
  const sandbox = startSandbox({ delayMs: 0, idHeader: true })
  sandbox.misbehave('error') // whose events have no ids
  const { told, lookUp } = await attempt(sandbox)
  expect(told).toEqual([{ workflowRunId: sandbox.hits()[0]?.runId ?? '' }])
  expect((await lookUp(told[0])).kind).toBe('succeeded')
  await sandbox.stop()
})

test('a run that begins and ends in one piece tells its ids with the outcome only', async () => {
  const { outcome, told } = await attempt(here.sandbox)
  expect(outcome.ids?.workflowRunId).toBeString()
  expect(told).toEqual([])
})

for (const stream of ['no-end', 'cut', 'cut-at-once'] as const) {
  test(`a stream without its last event (${stream}) is lost, and asking finds the run`, async () => {
    here.sandbox.misbehave({ stream, delayMs: 15 })
    const { outcome, told, lookUp } = await attempt(here.sandbox)
    expect(spoken(outcome.kind)).toBe('lost')
    expect(told).toHaveLength(stream === 'cut-at-once' ? 0 : 1)
    await Bun.sleep(25)
    expect(await lookUp(told[0])).toMatchObject({
      kind: 'succeeded',
      outputs: { title: 'Kettle, with steel' },
    })
  })
}

for (const stream of ['hang', 'silence'] as const) {
  test(`a stream that hangs (${stream}) is lost when its time is up`, async () => {
    here.sandbox.misbehave({ stream })
    const waitMs = waitClock()
    const { outcome } = await attempt(here.sandbox, { signal: AbortSignal.timeout(60) })
    expect(spoken(outcome)).toMatchObject({ kind: 'lost', error: expect.stringContaining('given up') })
    expect(waitMs()).toBeLessThan(1_000)
  })
}

test('pings are not events', async () => {
  here.sandbox.misbehave({ delayMs: 70 })
  expect(spoken((await attempt(here.sandbox)).outcome.kind)).toBe('succeeded')
})

test('an error event ends the call though the socket stays open', async () => {
  here.sandbox.misbehave('error')
  const waitMs = waitClock()
  const { outcome } = await attempt(here.sandbox)
  expect(spoken(outcome)).toMatchObject({
    kind: 'lost',
    error: expect.stringContaining('internal error (sandbox)'),
  })
  expect(waitMs()).toBeLessThan(1_000)
})

test('a server that never closes its stream does not keep the row', async () => {
  here.sandbox.misbehave('left-open')
  const waitMs = waitClock()
  expect(spoken((await attempt(here.sandbox)).outcome.kind)).toBe('succeeded')
  expect(waitMs()).toBeLessThan(1_000)
})

test('characters that arrive in halves are whole', async () => {
  here.sandbox.misbehave('split')
  const { outcome } = await attempt(here.sandbox, {
    inputs: { name: '电热水壶😀', features: '不锈钢，两升，快速' },
  })
  expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { title: '电热水壶😀 – 不锈钢' } })
})

const LAST_EVENT = `data: ${JSON.stringify({
  event: 'workflow_finished',
  task_id: 't',
  workflow_run_id: 'r',
  data: { status: 'succeeded', outputs: { a: 1 } },
})}`

test('an end that only lacks its blank line is an end', async () => {
  await using server = serve(
    () => new Response(LAST_EVENT, { headers: { 'content-type': 'text/event-stream' } }),
  )
  expect(await runAt(server.url)).toMatchObject({ kind: 'succeeded', outputs: { a: 1 } })
})

test('a stream that its server keeps open is closed by us', async () => {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  await using server = serve(() => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(`${LAST_EVENT}\n\n`),
      cancel: close,
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  })
  expect((await runAt(server.url)).kind).toBe('succeeded')
  await closed
})

test('a server that answers in one piece all the same is understood', async () => {
  const data = { id: 'r', status: 'failed', outputs: {}, error: 'no' }
  await using server = serve(() => Response.json({ task_id: 't', workflow_run_id: 'r', data }))
  expect(await runAt(server.url)).toMatchObject({
    kind: 'failed',
    ids: { workflowRunId: 'r', difyTaskId: 't' },
  })
})

function runAt(baseUrl: string) {
  const app = openApp({ baseUrl, apiKey: 'app-any', mode: 'workflow' })
  return app.run({
    inputs: {},
    variables: [],
    user: 'u',
    signal: AbortSignal.timeout(60_000),
    onProgress() {},
  })
}
