import { expect, test } from 'bun:test'
import { describeApp } from '../../../src/dify/apps/describe-app.ts'
import type { FileInput } from '../../../src/engine/task.ts'
import { appNamed, attempt, sandboxForTests } from '../support/cast.ts'
import { spoken } from '../../support/spoken.ts'

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

test('files come to a chatflow beside its inputs, by their links', async () => {
  const { baseUrl, apiKey } = {
    baseUrl: here.sandbox.url,
    apiKey: appNamed(here.sandbox, 'Support assistant').key,
  }
  const { variables } = await describeApp({ baseUrl, apiKey })
  const files: FileInput[] = [
    { type: 'document', transfer_method: 'remote_url', url: 'https://example.com/a.pdf' },
    { type: 'image', transfer_method: 'remote_url', url: 'https://example.com/b.png' },
  ]
  const inputs = { query: 'What is this?', files }
  const { outcome } = await attempt(here.sandbox, { app: 'Support assistant', inputs, variables })
  expect(outcome).toMatchObject({ outputs: { answer: expect.stringContaining('your 2 files') } })
  expect(here.sandbox.hits().at(-1)).toMatchObject({ files, inputs: { customer: null } })
})

for (const [what, files, error] of [
  ['too many files', ['a.pdf', 'b.pdf', 'c.pdf', 'd.pdf'], 'Number of files exceeds the maximum limit 3'],
  ['a file of a type that it does not take', ['a.mp3'], 'does not match the specified type'],
] as const) {
  test(`a chatflow refuses ${what} in Dify’s words`, async () => {
    const { key: apiKey } = appNamed(here.sandbox, 'Support assistant')
    const { variables } = await describeApp({ baseUrl: here.sandbox.url, apiKey })
    const sent = files.map((name): FileInput => ({
      type: 'document',
      transfer_method: 'remote_url',
      url: `https://example.com/${name}`,
    }))
    const inputs = { query: 'What is this?', files: sent }
    const { outcome } = await attempt(here.sandbox, { app: 'Support assistant', inputs, variables })
    expect(spoken(JSON.stringify(outcome))).toContain(error)
    expect(here.sandbox.hits().filter((hit) => hit.files.length === files.length)).toEqual([])
  })
}

test('a chatflow that fails says why, and not what its later error event says', async () => {
  here.sandbox.misbehave({ end: 'failed', error: 'no such tool' })
  const { outcome } = await attempt(here.sandbox, { app: 'Support assistant', inputs: { query: 'Hello' } })
  expect(spoken(outcome)).toMatchObject({ kind: 'failed', error: 'The workflow failed: “no such tool”' })
})

test('a completion ends with its message', async () => {
  const { outcome } = await attempt(here.sandbox, { app: 'Slogan writer', inputs: { topic: 'tea' } })
  expect(outcome).toMatchObject({
    kind: 'succeeded',
    outputs: { answer: expect.stringMatching(/tea/i) },
    usage: { tokens: expect.any(Number), price: expect.any(BigInt) },
  })
})

test('a completion that the model refuses has failed', async () => {
  here.sandbox.misbehave('failed')
  const { outcome } = await attempt(here.sandbox, { app: 'Slogan writer', inputs: { topic: 'tea' } })
  expect(spoken(outcome.kind)).toBe('failed')
})
