import { expect, test } from 'bun:test'
import { attempt, sandboxForTests } from '../support/cast.ts'
import { spoken } from '../../support/spoken.ts'

const here = sandboxForTests()

test('inputs that Dify does not accept reject the row, though its event says 500 and no code', async () => {
  here.sandbox.misbehave('inputs-event')
  const { outcome } = await attempt(here.sandbox, {
    inputs: { name: 'Kettle', features: 'x', tone: 'angry' },
  })
  expect(spoken(outcome)).toMatchObject({
    kind: 'rejected',
    error: expect.stringContaining('must be one of'),
  })
  expect(outcome.ids).toBeUndefined()
})

test('after a 500 the run may be there: lost, and asking finds it', async () => {
  here.sandbox.misbehave('500-after')
  const after = await attempt(here.sandbox)
  expect(spoken(after.outcome.kind)).toBe('lost')
  expect((await after.lookUp()).kind).toBe('succeeded')
})

test('after a 500 the run may not be there: lost, and asking says so', async () => {
  here.sandbox.misbehave('500')
  const before = await attempt(here.sandbox)
  expect(spoken(before.outcome.kind)).toBe('lost')
  expect(await before.lookUp()).toEqual({ kind: 'unknown' })
})

test('a proxy’s 504 page is lost and told by its title', async () => {
  here.sandbox.misbehave('504')
  const { outcome, lookUp } = await attempt(here.sandbox)
  expect(spoken(outcome)).toEqual({
    kind: 'lost',
    error: 'The server failed, and the run may go on (HTTP 504): “504 Gateway Time-out”',
    inTrouble: true,
  })
  expect((await lookUp()).kind).toBe('succeeded')
})

test('a server that is not there was never asked: no attempt is spent, and no fewer calls are wanted', async () => {
  const { sandbox } = here
  const gone = { ...sandbox, url: 'http://127.0.0.1:1/v1' }
  const { outcome } = await attempt(gone)
  expect(spoken(outcome)).toMatchObject({
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
  expect(spoken(outcome)).toMatchObject({ kind: 'lost', error: expect.stringContaining('Welcome') })
})
