import { expect, test } from 'bun:test'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { AppMemory } from '../../../src/dify/run/app-memory.ts'
import { serve } from '../support/serve.ts'

const call = () => ({
  inputs: {},
  variables: [],
  user: 'u',
  signal: AbortSignal.timeout(60_000),
  onProgress() {},
})
const streamed = (...events: object[]) =>
  new Response(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })
const answer = (task_id: string, total_tokens: number) =>
  streamed(
    { event: 'message', task_id, message_id: task_id, answer: 'Half of' },
    { event: 'message_end', task_id, message_id: task_id, metadata: { usage: { total_tokens } } },
  )

test('an answer that we had stopped is cut short, however many of them come without tokens', async () => {
  let task = 0
  await using server = serve(({ url }) =>
    url.endsWith('/stop') ? Response.json({ result: 'success' }) : answer(`task-${task}`, 0),
  )
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'completion' })
  for (task = 1; task <= 5; task++) {
    await app.stop({ user: 'u', attemptedAt: 0, difyTaskId: `task-${task}` }, AbortSignal.timeout(60_000))
    expect(await app.run(call())).toMatchObject({ kind: 'failed', stopped: true })
  }
})

test('one that nobody of ours stopped counts as an attempt until tokens are known to be usual', async () => {
  const tokens = [0, 31, 0, 0, 0, 0]
  await using server = serve(() => answer('task', tokens.shift() ?? 0))
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'completion' })
  const outcomes = []
  for (let row = 0; row < 6; row++) outcomes.push(await app.run(call()))
  expect(outcomes.map((one) => (one.kind === 'failed' && one.stopped ? 'stopped' : one.kind))).toEqual([
    'failed',
    'succeeded',
    'stopped',
    'stopped',
    'stopped',
    'stopped',
  ])
})

test('a chatflow that succeeded without tokens asks no model, and an answer of it is believed without', async () => {
  const end = {
    status: 'succeeded',
    outputs: { answer: 'Hi' },
    total_tokens: 0,
    total_steps: 2,
    elapsed_time: 1,
  }
  await using server = serve(({ url }) => {
    if (url.includes('/conversations')) return Response.json({ data: [{ id: 'talk' }] })
    if (url.includes('/messages?'))
      return Response.json({ data: [{ id: 'm', answer: 'Hi', total_tokens: 0 }] })
    return streamed({ event: 'workflow_finished', task_id: 't', workflow_run_id: 'r', data: end })
  })
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'advanced-chat' })
  const run = { user: 'u', attemptedAt: 0 }
  expect((await app.lookUp(run, AbortSignal.timeout(60_000))).kind).toBe('failed')
  await app.run(call())
  expect((await app.lookUp(run, AbortSignal.timeout(60_000))).kind).toBe('succeeded')
})

test('a page “not found” where Dify has answered before is a server in trouble, elsewhere a wrong address', async () => {
  let isThere = false
  await using server = serve(() =>
    isThere ? answer('t', 5) : new Response('<title>404 Not Found</title>', { status: 404 }),
  )
  const memory = new AppMemory()
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'completion', memory })
  expect(await app.run(call())).toMatchObject({ kind: 'halted', sure: false })
  isThere = true
  expect((await app.run(call())).kind).toBe('succeeded')
  isThere = false
  expect(await app.run(call())).toMatchObject({
    kind: 'throttled',
    by: 'server',
    inTrouble: true,
    slow: false,
  })
})
