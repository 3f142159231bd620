import { expect, test } from 'bun:test'
import { describeApp } from '../../../src/dify/apps/describe-app.ts'
import { APP_MODES } from '../../../src/engine/workflow.ts'
import { apiOf } from '../support/api.ts'
import { attempt, sandboxForTests } from '../support/cast.ts'
import { eventsIn } from './support/shape.ts'

const here = sandboxForTests()
const { call } = apiOf(() => here.sandbox)

test('there is a sample app of every kind that Rowbot runs', () => {
  expect(new Set(here.sandbox.apps.map(({ mode }) => mode))).toEqual(new Set(APP_MODES))
})

for (const [app, outputs] of [
  ['Gift adviser', { answer: expect.stringContaining('tea') }],
  ['Unit converter', { answer: expect.stringContaining('10 in are 25.4 cm') }],
  ['Reply drafter', { answer: expect.stringMatching(/^Thank you for writing about “10 inches of tea”/) }],
] as const) {
  test(`${app} answers a question, with tokens and a price, and is found again by its user`, async () => {
    const { key } = here.sandbox.apps.find(({ name }) => name === app) ?? { key: '' }
    const { variables } = await describeApp({ baseUrl: here.sandbox.url, apiKey: key })
    expect(variables.some(({ name }) => name === 'query')).toBe(true)
    const { outcome, lookUp } = await attempt(here.sandbox, { app, inputs: { query: '10 inches of tea' } })
    const usage = { tokens: expect.any(Number), price: expect.any(BigInt) }
    expect(outcome).toMatchObject({ kind: 'succeeded', outputs, usage })
    expect(await lookUp()).toMatchObject({ kind: 'succeeded', outputs })
  })
}

test('an agent thinks aloud before it answers, and the new kind gives the whole answer once more', async () => {
  const body = { inputs: {}, query: '2 in', user: 'u', response_mode: 'streaming' }
  const told = async (app: string) =>
    eventsIn(await (await call('POST', '/chat-messages', body, app)).text()).map(({ event }) => event)
  expect(await told('Unit converter')).toEqual(['agent_thought', 'agent_message', 'message_end'])
  expect(await told('Reply drafter')).toEqual(['agent_thought', 'agent_message', 'message', 'message_end'])
})

test('an agent does not answer a blocking call', async () => {
  const body = { inputs: {}, query: '2 in', user: 'u', response_mode: 'blocking' }
  expect((await call('POST', '/chat-messages', body, 'Unit converter')).status).toBe(400)
})
