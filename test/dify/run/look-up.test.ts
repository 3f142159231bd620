import { expect, test } from 'bun:test'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { attempt, COPY_INPUTS, openSandboxApp, sandboxForTests } from '../support/cast.ts'
import { serve } from '../support/serve.ts'

const here = sandboxForTests()
const soon = () => AbortSignal.timeout(5_000)

test('a finished run is found by its id, with its outputs and tokens', async () => {
  const { outcome, lookUp } = await attempt(here.sandbox)
  expect(await lookUp(outcome.ids)).toMatchObject({
    kind: 'succeeded',
    outputs: { title: 'Kettle, with steel' },
    usage: { tokens: expect.any(Number), seconds: expect.any(Number) },
  })
})

test('a run whose id was never told is found by its user, and its id with it', async () => {
  here.sandbox.misbehave('cut-at-once')
  const { lookUp, told } = await attempt(here.sandbox)
  expect(told).toEqual([])
  const fate = await lookUp()
  expect(fate.kind).toBe('succeeded')
  expect('ids' in fate && fate.ids?.workflowRunId).toBe(here.sandbox.hits().at(-1)?.runId ?? '')
})

test('a run that goes on is running', async () => {
  here.sandbox.misbehave({ refuse: { status: 504, html: '' }, yetRuns: true, end: 'never' })
  const { lookUp } = await attempt(here.sandbox)
  expect((await lookUp()).kind).toBe('running')
})

for (const [fault, means] of [
  ['failed', 'failed'],
  ['partial', 'succeeded'],
  ['paused', 'waiting'],
  ['stopped', 'failed'],
] as const) {
  test(`a run that is ${fault} is ${means} when asked for too`, async () => {
    here.sandbox.misbehave(fault)
    const { outcome, lookUp } = await attempt(here.sandbox)
    expect((await lookUp(outcome.ids)).kind).toBe(means)
  })
}

test('Dify’s own 404 means that there is no such run', async () => {
  const app = openSandboxApp(here.sandbox, 'Product copywriter')
  const run = { user: 'u', attemptedAt: Date.now() - 60_000, workflowRunId: crypto.randomUUID() }
  expect(await app.lookUp(run, soon())).toEqual({ kind: 'unknown' })
})

test('an id that Dify made up with a failure is nobody’s, and the run itself is found by its user', async () => {
  const { lookUp, outcome } = await attempt(here.sandbox)
  const fate = await lookUp({ workflowRunId: crypto.randomUUID() })
  expect(fate).toMatchObject({ kind: 'succeeded', ids: { workflowRunId: outcome.ids?.workflowRunId } })
})

test('a “not found” from a server that cannot read its list of runs means nothing', async () => {
  here.sandbox.misbehave('500', { route: 'logs' })
  const app = openSandboxApp(here.sandbox, 'Product copywriter')
  const run = { user: 'u', attemptedAt: 0, workflowRunId: crypto.randomUUID() }
  expect(await app.lookUp(run, soon())).toMatchObject({ kind: 'lost', inTrouble: true })
})

test('a proxy’s 404 means nothing', async () => {
  const { outcome, lookUp } = await attempt(here.sandbox)
  here.sandbox.misbehave({ refuse: { status: 404, html: '<title>404</title>' } }, { route: 'detail' })
  expect((await lookUp(outcome.ids)).kind).toBe('lost')
})

for (const [fault, means] of [
  ['500', 'lost'],
  ['502', 'lost'],
  ['429', 'lost'],
  ['429-cloudflare', 'lost'],
  ['404', 'lost'], // a server without that route, not a run that is not there
  ['401', 'halted'],
] as const) {
  test(`a look-up that is answered with ${fault} is ${means}`, async () => {
    here.sandbox.misbehave(fault, { route: 'logs' })
    const { lookUp } = await attempt(here.sandbox)
    expect((await lookUp()).kind).toBe(means)
  })
}

test('a server that is not there cannot be asked', async () => {
  const app = openApp({ baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'app-any', mode: 'workflow' })
  expect((await app.lookUp({ user: 'u', attemptedAt: 0, workflowRunId: 'r' }, soon())).kind).toBe('lost')
})

test('neither a look-up nor a run stays on the signal that it was given', async () => {
  const { signal, listeners } = counted()
  const app = openSandboxApp(here.sandbox, 'Product copywriter')
  for (let time = 0; time < 3; time++) {
    await app.lookUp({ user: 'u', attemptedAt: 0 }, signal)
    const call = { inputs: COPY_INPUTS, variables: [], user: 'u', signal, onProgress() {} }
    expect((await app.run(call)).kind).toBe('succeeded')
  }
  // The last body closes in a turn of its own; should it never, the test's time is up.
  while (listeners() > 0) await Bun.sleep(0)
  expect(listeners()).toBe(0)
})

test('a look-up that is given up is lost', async () => {
  await using server = serve(() => new Promise<Response>(() => {}))
  const app = openApp({ baseUrl: server.url, apiKey: 'app-any', mode: 'workflow' })
  expect((await app.lookUp({ user: 'u', attemptedAt: 0 }, AbortSignal.timeout(20))).kind).toBe('lost')
})

test('an older server that lists everybody’s runs does not give us another’s', async () => {
  const item = (user: string, id: string, at: number) => ({
    id,
    workflow_run: { id },
    created_by_end_user: { session_id: user },
    created_at: at,
  })
  const begun = Math.floor(Date.now() / 1000)
  await using server = serve((request) => {
    const url = new URL(request.url)
    if (!url.pathname.endsWith('/logs')) {
      return Response.json({ status: 'succeeded', outputs: '{"title":"mine"}', inputs: '{}' })
    }
    const page = url.searchParams.get('page')
    return page === '1'
      ? Response.json({ has_more: true, data: [item('other', 'a', begun + 1)] })
      : Response.json({ has_more: true, data: [item('mine', 'b', begun), item('other', 'c', begun - 9_999)] })
  })
  const app = openApp({ baseUrl: server.url, apiKey: 'app-any', mode: 'workflow' })
  expect(await app.lookUp({ user: 'mine', attemptedAt: Date.now() }, soon())).toMatchObject({
    kind: 'succeeded',
    outputs: { title: 'mine' },
    ids: { workflowRunId: 'b' },
  })
  expect(await app.lookUp({ user: 'nobody', attemptedAt: Date.now() }, soon())).toEqual({ kind: 'unknown' })
})

test('an older server that answers an unknown id with nulls has no such run', async () => {
  await using server = serve(({ url }) =>
    url.includes('/logs')
      ? Response.json({ has_more: false, data: [] })
      : Response.json({ id: null, status: null, outputs: null, error: null }),
  )
  const app = openApp({ baseUrl: server.url, apiKey: 'app-any', mode: 'workflow' })
  const run = { user: 'u', attemptedAt: 0, workflowRunId: 'r' }
  expect(await app.lookUp(run, soon())).toEqual({ kind: 'unknown' })
})

test('a chatflow’s run is found by its user’s only conversation', async () => {
  here.sandbox.misbehave('cut-at-once')
  const { lookUp } = await attempt(here.sandbox, {
    app: 'Support assistant',
    inputs: { query: 'Where is it?' },
  })
  expect(await lookUp()).toMatchObject({
    kind: 'succeeded',
    outputs: { answer: expect.stringContaining('Where') },
    usage: { price: expect.any(BigInt), currency: 'USD' },
  })
})

for (const [fault, means] of [
  [{ end: 'failed' }, 'failed'],
  [{ end: 'paused' }, 'waiting'],
  [{ end: 'never' }, 'running'],
] as const) {
  test(`a chatflow’s run without an id that is ${fault.end} is ${means}`, async () => {
    here.sandbox.misbehave({ ...fault, stream: 'cut-at-once' })
    const { lookUp } = await attempt(here.sandbox, { app: 'Support assistant', inputs: { query: 'Hello' } })
    expect((await lookUp()).kind).toBe(means)
  })
}

test('a chatflow’s run with an id is looked up by it', async () => {
  const { outcome, lookUp } = await attempt(here.sandbox, {
    app: 'Support assistant',
    inputs: { query: 'Hello' },
  })
  expect(await lookUp(outcome.ids)).toMatchObject({
    kind: 'succeeded',
    outputs: { answer: expect.any(String) },
  })
})

test('a chatflow’s user without a conversation has no run', async () => {
  const app = openSandboxApp(here.sandbox, 'Support assistant')
  expect(await app.lookUp({ user: 'nobody', attemptedAt: 0 }, soon())).toEqual({ kind: 'unknown' })
})

test('a completion cannot be asked for', async () => {
  const { lookUp } = await attempt(here.sandbox, { app: 'Slogan writer', inputs: { topic: 'tea' } })
  expect(await lookUp()).toEqual({ kind: 'unknown' })
})

/** A signal that knows how many listen to it. */
function counted() {
  const { signal } = new AbortController()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  let count = 0
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count += 1
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count -= 1
    remove(...args)
  }
  return { signal, listeners: () => count }
}
