import { expect, test } from 'bun:test'
import { attempt, sandboxForTests } from '../support/cast.ts'

const here = sandboxForTests()

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
