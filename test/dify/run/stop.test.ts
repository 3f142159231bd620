import { expect, test } from 'bun:test'
import type { RunIds } from '../../../src/engine/run.ts'
import type { Inputs } from '../../../src/engine/task.ts'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { COPY_INPUTS, openSandboxApp, sandboxForTests } from '../support/cast.ts'
import { spoken } from '../../support/spoken.ts'

const here = sandboxForTests({ delayMs: 60_000 })

for (const [app, inputs] of [
  ['Product copywriter', COPY_INPUTS],
  ['Support assistant', { query: 'Hello' }],
] as const) {
  test(`a run of the ${app} is stopped, and is over at once`, async () => {
    const { running, stop, lookUp } = await begun(app, inputs)
    await stop()
    expect((await running).kind).toBe('failed')
    expect(spoken(await lookUp())).toMatchObject({
      kind: 'failed',
      error: expect.stringContaining('stopped'),
    })
    expect(here.sandbox.stops().at(-1)).toMatchObject({ app, stopped: true })
  })
}

test('a completion is stopped by its own route', async () => {
  const { stop } = await begun('Slogan writer', { topic: 'tea' })
  await stop()
  expect(here.sandbox.hits().at(-1)?.status).toBe('stopped')
})

test('a stop that says “success” and isn’t leaves the run running, and asking tells', async () => {
  here.sandbox.misbehave('deaf')
  const { stop, lookUp, giveUp, running } = await begun('Product copywriter', COPY_INPUTS)
  await stop()
  expect(here.sandbox.stops().at(-1)).toMatchObject({ stopped: false })
  expect((await lookUp()).kind).toBe('running')
  giveUp()
  expect((await running).kind).toBe('lost')
})

test('a run goes on when its client is gone', async () => {
  const { giveUp, running, lookUp } = await begun('Product copywriter', COPY_INPUTS)
  giveUp()
  expect((await running).kind).toBe('lost')
  expect((await lookUp()).kind).toBe('running')
})

test('a run whose id was never told cannot be stopped, and nobody is asked to', async () => {
  const before = here.sandbox.stops().length
  const app = openSandboxApp(here.sandbox, 'Product copywriter')
  await app.stop({ user: 'u', attemptedAt: 0 }, AbortSignal.timeout(1_000))
  expect(here.sandbox.stops()).toHaveLength(before)
})

test('a server that is gone or refuses does not make a stop throw', async () => {
  const run = { user: 'u', attemptedAt: 0, difyTaskId: 'a/b' }
  const gone = openApp({ baseUrl: 'http://127.0.0.1:1/v1', apiKey: 'app-any', mode: 'workflow' })
  await gone.stop(run, AbortSignal.timeout(1_000))
  here.sandbox.misbehave('502', { route: 'stop' })
  await openSandboxApp(here.sandbox, 'Product copywriter').stop(run, AbortSignal.timeout(1_000))
  await gone.stop(run, AbortSignal.abort())
})

/** A run that takes a minute, once its ids are known. */
async function begun(name: string, inputs: Inputs) {
  const app = openSandboxApp(here.sandbox, name)
  const user = `stop-${crypto.randomUUID()}`
  const client = new AbortController()
  const { promise: told, resolve: tell } = Promise.withResolvers<RunIds>()
  const running = app.run({ inputs, variables: [], user, signal: client.signal, onProgress: tell })
  const ref = { user, attemptedAt: Date.now(), ...(await told) }
  return {
    running,
    giveUp: () => client.abort(),
    stop: () => app.stop(ref, AbortSignal.timeout(1_000)),
    lookUp: () => app.lookUp(ref, AbortSignal.timeout(1_000)),
  }
}
