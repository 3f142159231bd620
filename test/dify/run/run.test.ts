import { expect, test } from 'bun:test'
import { attempt, COPY_INPUTS, openSandboxApp, sandboxForTests } from '../support/cast.ts'
import { spoken } from '../../support/spoken.ts'

const here = sandboxForTests()

test('a row runs, and its outputs, tokens and price come back', async () => {
  const { outcome, user } = await attempt(here.sandbox)
  expect(spoken(outcome)).toMatchObject({
    kind: 'succeeded',
    outputs: { title: 'Kettle, with steel', words: expect.any(Number) },
    usage: {
      tokens: expect.any(Number),
      price: expect.any(BigInt),
      currency: 'USD',
      seconds: expect.any(Number),
    },
  })
  const hit = here.sandbox.hits().find((one) => one.user === user)
  expect(hit?.inputs).toMatchObject(COPY_INPUTS)
  const { workflowVersion, ...ids } = outcome.ids ?? {}
  expect(ids).toEqual({ workflowRunId: hit?.runId ?? '', difyTaskId: hit?.taskId ?? '' })
  expect(workflowVersion).toBeString()
})

test('HTTP 200 with status failed is a failure, with Dify’s own words', async () => {
  here.sandbox.misbehave({ end: 'failed', error: 'model said no' })
  const { outcome } = await attempt(here.sandbox)
  expect(spoken(outcome)).toMatchObject({ kind: 'failed', error: 'The workflow failed: “model said no”' })
})

test('a partial success succeeds with a warning', async () => {
  here.sandbox.misbehave('partial')
  const { outcome } = await attempt(here.sandbox)
  expect(spoken(outcome)).toMatchObject({ kind: 'succeeded', warning: expect.stringContaining('Some steps') })
})

test('a run that waits for a person has what it asks', async () => {
  here.sandbox.misbehave('paused')
  const { outcome } = await attempt(here.sandbox)
  expect(outcome).toMatchObject({
    kind: 'waiting',
    forms: [
      {
        nodeTitle: 'Approval',
        token: expect.any(String),
        fields: [{ name: 'note', type: 'paragraph', initial: '' }],
        actions: [{ id: 'yes', title: 'Approve' }, { id: 'no' }],
        expiresAt: expect.any(Number),
      },
    ],
  })
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
    onProgress: () => toldAfterMs.push(performance.now() - begun),
  })
  expect(spoken(outcome.kind)).toBe('succeeded')
  expect(told).toHaveLength(1)
  expect(told[0]).toEqual({ accepted: true, started: true, ...outcome.ids })
  expect(toldAfterMs[0]).toBeLessThan(performance.now() - begun - 20)
})

test('a fault of the caller’s own is not swallowed', async () => {
  here.sandbox.misbehave({ delayMs: 20 })
  const call = attempt(here.sandbox, {
    onProgress: () => {
      throw new Error('database is gone')
    },
  })
  expect(call).rejects.toThrow('database is gone')
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
        onProgress() {},
      }),
    ),
  )
  const titles = outcomes.map((one) => (one.kind === 'succeeded' ? one.outputs['title'] : one))
  expect(titles).toEqual(rows.map((row) => `P${row} – X`))
})

test('a call for which it is too late when there is a connection is not sent, and asked about again', async () => {
  const app = openSandboxApp(here.sandbox, 'Product copywriter')
  const user = `late-${crypto.randomUUID()}`
  const hits = () => here.sandbox.hits().filter((hit) => hit.user === user).length
  const posted: number[] = []
  const asked: number[] = []
  const outcome = await app.run({
    inputs: COPY_INPUTS,
    variables: [],
    user,
    signal: AbortSignal.timeout(5_000),
    onProgress() {},
    onPosting: () => Promise.resolve(void posted.push(hits())),
    mayPost: () => asked.push(hits()) > 2,
  })
  expect(outcome.kind).toBe('succeeded')
  expect({ posted, asked, hits: hits() }).toEqual({ posted: [0, 0, 0], asked: [0, 0, 0], hits: 1 })
})

test('one that is given up instead is not sent at all', async () => {
  const app = openSandboxApp(here.sandbox, 'Product copywriter')
  const user = `lost-${crypto.randomUUID()}`
  const lost = new AbortController()
  const outcome = await app.run({
    inputs: COPY_INPUTS,
    variables: [],
    user,
    signal: lost.signal,
    onProgress() {},
    mayPost: () => {
      lost.abort()
      return false
    },
  })
  expect(outcome.kind).toBe('lost')
  expect(here.sandbox.hits().some((hit) => hit.user === user)).toBe(false)
})
