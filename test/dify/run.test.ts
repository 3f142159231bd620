import { expect, test } from 'bun:test'
import { attempt, COPY_INPUTS, openSandboxApp, sandboxForTests } from './support/cast.ts'

const here = sandboxForTests()

test('a row runs, and its outputs, tokens and price come back', async () => {
  const { outcome, user } = await attempt(here.sandbox)
  expect(outcome).toMatchObject({
    kind: 'succeeded',
    outputs: { title: 'Kettle, with steel', words: expect.any(Number) },
    usage: {
      tokens: expect.any(Number),
      price: expect.any(Number),
      currency: 'USD',
      seconds: expect.any(Number),
    },
  })
  const hit = here.sandbox.hits().find((one) => one.user === user)
  expect(hit?.inputs).toMatchObject(COPY_INPUTS)
  expect(outcome.ids).toEqual({ workflowRunId: hit?.runId ?? '', difyTaskId: hit?.taskId ?? '' })
})

test('HTTP 200 with status failed is a failure, with Dify’s own words', async () => {
  here.sandbox.misbehave({ end: 'failed', error: 'model said no' })
  const { outcome } = await attempt(here.sandbox)
  expect(outcome).toMatchObject({ kind: 'failed', error: 'The workflow failed: “model said no”' })
})

test('a partial success succeeds with a warning', async () => {
  here.sandbox.misbehave('partial')
  const { outcome } = await attempt(here.sandbox)
  expect(outcome).toMatchObject({ kind: 'succeeded', warning: expect.stringContaining('Some steps') })
})

test('a run that waits for a person is rejected with that reason', async () => {
  here.sandbox.misbehave('paused')
  const { outcome } = await attempt(here.sandbox)
  expect(outcome).toMatchObject({ kind: 'rejected', error: expect.stringContaining('waits for a person') })
})

test('a run that somebody stopped in Dify failed', async () => {
  here.sandbox.misbehave('stopped')
  expect((await attempt(here.sandbox)).outcome).toMatchObject({ kind: 'failed', stopped: true })
})

test('the ids are told at the first event, long before the end', async () => {
  here.sandbox.misbehave({ delayMs: 60 })
  const toldAfterMs: number[] = []
  const begun = performance.now()
  const { outcome, told } = await attempt(here.sandbox, {
    onIds: () => toldAfterMs.push(performance.now() - begun),
  })
  expect(outcome.kind).toBe('succeeded')
  expect(told).toHaveLength(1)
  expect(told[0]).toEqual(outcome.ids ?? {})
  expect(toldAfterMs[0]).toBeLessThan(performance.now() - begun - 20)
})

test('without workflow_started the ids come from the next event that has them', async () => {
  here.sandbox.misbehave({ stream: 'no-start', delayMs: 20 })
  const { outcome, told } = await attempt(here.sandbox)
  expect(outcome.kind).toBe('succeeded')
  expect(told[0]?.workflowRunId).toBe(here.sandbox.hits().at(-1)?.runId ?? '')
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
    expect(outcome.kind).toBe('lost')
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
    const begun = performance.now()
    const { outcome } = await attempt(here.sandbox, { signal: AbortSignal.timeout(60) })
    expect(outcome).toMatchObject({ kind: 'lost', error: expect.stringContaining('given up') })
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
}

test('pings are not events', async () => {
  here.sandbox.misbehave({ delayMs: 70 })
  expect((await attempt(here.sandbox)).outcome.kind).toBe('succeeded')
})

test('an error event ends the call though the socket stays open', async () => {
  here.sandbox.misbehave('error')
  const begun = performance.now()
  const { outcome } = await attempt(here.sandbox)
  expect(outcome).toMatchObject({ kind: 'lost', error: expect.stringContaining('internal error (sandbox)') })
  expect(performance.now() - begun).toBeLessThan(1_000)
})

test('a server that never closes its stream does not keep the row', async () => {
  here.sandbox.misbehave('left-open')
  const begun = performance.now()
  expect((await attempt(here.sandbox)).outcome.kind).toBe('succeeded')
  expect(performance.now() - begun).toBeLessThan(1_000)
})

test('characters that arrive in halves are whole', async () => {
  here.sandbox.misbehave('split')
  const { outcome } = await attempt(here.sandbox, {
    inputs: { name: '电热水壶😀', features: '不锈钢，两升，快速' },
  })
  expect(outcome).toMatchObject({ kind: 'succeeded', outputs: { title: '电热水壶😀 – 不锈钢' } })
})

test('inputs that Dify does not accept reject the row, though its event says 500 and no code', async () => {
  const { outcome } = await attempt(here.sandbox, {
    inputs: { name: 'Kettle', features: 'x', tone: 'angry' },
  })
  expect(outcome).toMatchObject({ kind: 'rejected', error: expect.stringContaining('must be one of') })
  expect(outcome.ids).toBeUndefined()
})

test('after a 500 the run may be there: lost, and asking finds it', async () => {
  here.sandbox.misbehave('500-after')
  const after = await attempt(here.sandbox)
  expect(after.outcome.kind).toBe('lost')
  expect((await after.lookUp()).kind).toBe('succeeded')
})

test('after a 500 the run may not be there: lost, and asking says so', async () => {
  here.sandbox.misbehave('500')
  const before = await attempt(here.sandbox)
  expect(before.outcome.kind).toBe('lost')
  expect(await before.lookUp()).toEqual({ kind: 'unknown' })
})

test('a proxy’s 504 page is lost and told by its title', async () => {
  here.sandbox.misbehave('504')
  const { outcome, lookUp } = await attempt(here.sandbox)
  expect(outcome).toEqual({
    kind: 'lost',
    error: 'The server failed, and the run may go on (HTTP 504): “504 Gateway Time-out”',
  })
  expect((await lookUp()).kind).toBe('succeeded')
})

test('a server that is not there was never asked: no attempt is spent, and no fewer calls are wanted', async () => {
  const { sandbox } = here
  const gone = { ...sandbox, url: 'http://127.0.0.1:1/v1' }
  const { outcome } = await attempt(gone)
  expect(outcome).toMatchObject({
    kind: 'throttled',
    slow: false,
    error: expect.stringContaining('ECONNREFUSED'),
  })
})

test('a handshake that fails is no attempt either', async () => {
  const { sandbox } = here
  const { outcome } = await attempt({ ...sandbox, url: sandbox.url.replace('http:', 'https:') })
  expect(outcome).toMatchObject({ kind: 'throttled', slow: false })
})

test('too many runs at once are turned away and cost nothing', async () => {
  here.sandbox.misbehave({
    refuse: { status: 429, code: 'too_many_requests', message: 'Wait.', retryAfter: '3' },
  })
  const { outcome } = await attempt(here.sandbox)
  expect(outcome).toMatchObject({ kind: 'throttled', slow: true, retryAfterMs: 3_000 })
})

test('the port does not throw when Dify’s answer is nonsense', async () => {
  here.sandbox.misbehave({ refuse: { status: 200, html: '<title>Welcome</title>' } })
  const { outcome } = await attempt(here.sandbox)
  expect(outcome).toMatchObject({ kind: 'lost', error: expect.stringContaining('Welcome') })
})

test('a fault of the caller’s own is not swallowed', async () => {
  here.sandbox.misbehave({ delayMs: 20 })
  const call = attempt(here.sandbox, {
    onIds: () => {
      throw new Error('database is gone')
    },
  })
  expect(call).rejects.toThrow('database is gone')
})

test('a chatflow answers its question', async () => {
  const inputs = { query: 'Where is my parcel?', language: 'Deutsch' }
  const { outcome } = await attempt(here.sandbox, { app: 'Support assistant', inputs })
  expect(outcome).toMatchObject({
    kind: 'succeeded',
    outputs: { answer: expect.stringContaining('Danke für Ihre Frage') },
    usage: { currency: 'USD' },
  })
  const hit = here.sandbox.hits().at(-1)
  expect(hit?.query).toBe('Where is my parcel?')
  expect(hit?.inputs).not.toHaveProperty('query')
})

test('a chatflow that fails says why, and not what its later error event says', async () => {
  here.sandbox.misbehave({ end: 'failed', error: 'no such tool' })
  const { outcome } = await attempt(here.sandbox, { app: 'Support assistant', inputs: { query: 'Hello' } })
  expect(outcome).toMatchObject({ kind: 'failed', error: 'The workflow failed: “no such tool”' })
})

test('a completion ends with its message', async () => {
  const { outcome } = await attempt(here.sandbox, { app: 'Slogan writer', inputs: { topic: 'tea' } })
  expect(outcome).toMatchObject({
    kind: 'succeeded',
    outputs: { answer: expect.stringMatching(/tea/i) },
    usage: { tokens: expect.any(Number), price: expect.any(Number) },
  })
})

test('a completion that the model refuses has failed', async () => {
  here.sandbox.misbehave('failed')
  const { outcome } = await attempt(here.sandbox, { app: 'Slogan writer', inputs: { topic: 'tea' } })
  expect(outcome.kind).toBe('failed')
})

test('many rows at once are each their own', async () => {
  const app = openSandboxApp(here.sandbox, 'Product copywriter')
  const rows = Array.from({ length: 200 }, (_, index) => index)
  const outcomes = await Promise.all(
    rows.map((row) =>
      app.run({
        inputs: { name: `P${row}`, features: 'x' },
        variables: [],
        user: `many-${row}`,
        signal: AbortSignal.timeout(5_000),
        onIds() {},
      }),
    ),
  )
  const titles = outcomes.map((one) => (one.kind === 'succeeded' ? one.outputs['title'] : one))
  expect(titles).toEqual(rows.map((row) => `P${row} – X`))
})
