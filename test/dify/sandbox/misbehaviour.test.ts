import { describe, expect, test } from 'bun:test'
import { FAULTS, isFaultName } from '../../../src/dify/sandbox/sandbox-fault.ts'
import { markerIn } from '../../../src/dify/sandbox/misbehaviour.ts'
import { startSandbox } from '../../../src/dify/sandbox/start-sandbox.ts'
import { attempt, sandboxForTests } from '../support/cast.ts'
import { spoken } from '../../support/spoken.ts'

const here = sandboxForTests()

test('a planned fault holds for a number of calls of one app', async () => {
  here.sandbox.misbehave('429', { times: 2, app: 'Product copywriter' })
  const other = await attempt(here.sandbox, { app: 'Slogan writer', inputs: { topic: 'tea' } })
  const kinds = []
  for (let call = 0; call < 3; call++) kinds.push((await attempt(here.sandbox)).outcome.kind)
  expect([other.outcome.kind, ...kinds]).toEqual(['succeeded', 'throttled', 'throttled', 'succeeded'])
})

test('a rule decides by the request', async () => {
  here.sandbox.misbehaveBy(({ route, inputs }) =>
    route === 'run' && inputs['name'] === 'Bad' ? 'failed' : undefined,
  )
  const bad = await attempt(here.sandbox, { inputs: { name: 'Bad', features: 'x' } })
  const good = await attempt(here.sandbox, { inputs: { name: 'Good', features: 'x' } })
  expect([bad.outcome.kind, good.outcome.kind]).toEqual(['failed', 'succeeded'])
})

describe('a marker in a cell', () => {
  const outcomeOf = async (features: string) =>
    (await attempt(here.sandbox, { inputs: { name: 'Kettle', features } })).outcome

  test('makes the row go wrong', async () => {
    expect(await outcomeOf('steel [sandbox: 429, retry-after=3]')).toMatchObject({
      kind: 'throttled',
      retryAfterMs: 3_000,
    })
    expect((await outcomeOf('steel [sandbox: delay=5, cut]')).kind).toBe('lost')
  })

  test('for the first calls only, if it says so', async () => {
    const text = `steel ${crypto.randomUUID()} [sandbox: failed, times=1]`
    expect((await outcomeOf(text)).kind).toBe('failed')
    expect((await outcomeOf(text)).kind).toBe('succeeded')
  })

  test('of unknown words changes nothing', () => {
    expect(markerIn({ a: 'x [sandbox: dance, delay=soon]' })?.fault).toEqual({})
    expect(markerIn({ a: 'no marker', b: 5 })).toBeUndefined()
  })
})

describe('from another process', () => {
  const origin = () => here.sandbox.url.replace('/v1', '')
  const tell = (wish: unknown) =>
    fetch(`${origin()}/sandbox/faults`, { method: 'POST', body: JSON.stringify(wish) })

  test('faults are planned over HTTP, and removed again', async () => {
    expect((await tell({ fault: '401', times: 5 })).status).toBe(201)
    expect((await attempt(here.sandbox)).outcome.kind).toBe('halted')
    await fetch(`${origin()}/sandbox/faults`, { method: 'DELETE' })
    expect((await attempt(here.sandbox)).outcome.kind).toBe('succeeded')
  })

  test('a fault can be described field by field', async () => {
    await tell({ fault: { delayMs: 1, end: 'failed', error: 'by wire' } })
    expect(spoken((await attempt(here.sandbox)).outcome)).toMatchObject({
      error: expect.stringContaining('by wire'),
    })
  })

  test('a fault that makes no sense is refused', async () => {
    expect((await tell({ fault: 'dance' })).status).toBe(400)
    expect((await tell({ fault: { strem: 'cut' } })).status).toBe(400)
  })

  test('hits are read over HTTP', async () => {
    const { user } = await attempt(here.sandbox)
    const body = (await (await fetch(`${origin()}/sandbox/hits`)).json()) as { hits: { user: string }[] } // as control-routes.ts writes it
    expect(body.hits.at(-1)?.user).toBe(user)
  })
})

describe('the hit log', () => {
  test('says when a run began, when its ids were sent and when it ended', async () => {
    here.sandbox.misbehave({ delayMs: 10 })
    await attempt(here.sandbox)
    const hit = here.sandbox.hits().at(-1)
    expect(hit).toMatchObject({ status: 'succeeded', app: 'Product copywriter' })
    expect(hit?.idsSentAt).toBeGreaterThanOrEqual(hit?.startedAt ?? Number.NaN)
    expect(hit?.finishedAt).toBeGreaterThanOrEqual((hit?.startedAt ?? Number.NaN) + 9)
  })

  test('has no such time when no id was sent', async () => {
    here.sandbox.misbehave('500-after')
    await attempt(here.sandbox)
    expect(here.sandbox.hits().at(-1)).toMatchObject({ idsSentAt: null, status: 'succeeded' })
  })

  test('has the refused calls', async () => {
    here.sandbox.misbehave('502')
    const { user } = await attempt(here.sandbox)
    expect(here.sandbox.turnedAway().at(-1)).toMatchObject({ user, status: 502 })
    expect(here.sandbox.hits().some((hit) => hit.user === user)).toBe(false)
  })
})

test('beyond its limit an app refuses calls for now, and the peak shows that it held', async () => {
  const sandbox = startSandbox({ delayMs: 30, maxConcurrent: 2, limitBy: '429' })
  const attempts = await Promise.all(Array.from({ length: 5 }, () => attempt(sandbox)))
  const kinds = attempts.map(({ outcome }) => outcome.kind).toSorted()
  expect(kinds).toEqual(['succeeded', 'succeeded', 'throttled', 'throttled', 'throttled'])
  expect(sandbox.peaks()).toEqual({ 'Product copywriter': 2 })
  await sandbox.stop()
})

for (const [wrongInputs, means] of [
  ['event', 'rejected'],
  ['400', 'rejected'],
  ['silence', 'lost'],
] as const) {
  test(`wrong inputs told by ${wrongInputs} are ${means}`, async () => {
    const sandbox = startSandbox({ delayMs: 0, wrongInputs })
    const signal = AbortSignal.timeout(wrongInputs === 'silence' ? 50 : 5_000)
    const { outcome } = await attempt(sandbox, { inputs: { name: 'x' }, signal })
    expect(outcome.kind).toBe(means)
    await sandbox.stop()
  })
}

test('every fault has a name that can be written into a cell', () => {
  for (const name of Object.keys(FAULTS)) {
    expect(isFaultName(name)).toBe(true)
    expect(markerIn({ a: `[sandbox: ${name}]` })?.fault).toEqual(FAULTS[name as keyof typeof FAULTS]) // a key of FAULTS
  }
})
