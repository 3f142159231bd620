import { describe, expect, test } from 'bun:test'
import { apiOf, json, USER } from '../support/api.ts'
import { sandboxForTests } from '../support/cast.ts'

const NO_RUN = '00000000-0000-4000-8000-000000000000'
const here = sandboxForTests()
const { call, runCopy } = apiOf(() => here.sandbox)

describe('a stream', () => {
  test('of a workflow tells its nodes, its text and its end', async () => {
    const events = eventsIn(await (await runCopy({ response_mode: 'streaming' })).text())
    expect(events.map(({ event }) => event)).toEqual([
      'workflow_started',
      'node_started',
      'node_finished',
      'node_started',
      'text_chunk',
      'text_chunk',
      'text_chunk',
      'node_finished',
      'node_started',
      'node_finished',
      'workflow_finished',
    ])
    for (const event of events) {
      expect(event).toMatchObject({ task_id: expect.any(String), workflow_run_id: expect.any(String) })
    }
    expect(events.at(-1)?.data).toMatchObject({
      status: 'succeeded',
      total_steps: 3,
      outputs: expect.any(Object),
    })
  })

  test('of a chatflow ends its message before its run', async () => {
    const body = { query: 'Hi', inputs: {}, user: USER, response_mode: 'streaming' }
    const events = eventsIn(await (await call('POST', '/chat-messages', body, 'Support assistant')).text())
    expect(events.slice(-2).map(({ event }) => event)).toEqual(['message_end', 'workflow_finished'])
  })

  test('can be joined again by its own user only', async () => {
    const { workflow_run_id: id } = await json(await runCopy({ response_mode: 'blocking' }))
    const again = await call('GET', `/workflow/${String(id)}/events?user=${USER}`)
    expect(eventsIn(await again.text()).at(-1)?.event).toBe('workflow_finished')
    expect((await call('GET', `/workflow/${String(id)}/events?user=other`)).status).toBe(404)
  })
})

describe('what Dify refuses, the sandbox refuses', () => {
  for (const [what, method, path, body, status, code] of [
    ['a wrong method', 'GET', '/workflows/run', undefined, 405, 'method_not_allowed'],
    ['an unknown run', 'GET', `/workflows/run/${NO_RUN}`, undefined, 404, 'not_found'],
    ['a run id that is none', 'GET', '/workflows/run/x', undefined, 500, 'unknown'],
    ['no user', 'POST', '/workflows/run', { inputs: {} }, 400, 'invalid_param'],
    ['no inputs', 'POST', '/workflows/run', { user: USER }, 400, 'invalid_param'],
    ['a stop without a user', 'POST', '/workflows/tasks/x/stop', {}, 400, 'invalid_param'],
    [
      'an app of another kind',
      'POST',
      '/chat-messages',
      { user: USER, inputs: {}, query: 'x' },
      400,
      'not_chat_app',
    ],
    ['a page too far', 'GET', '/workflows/logs?limit=101', undefined, 400, 'invalid_param'],
    ['an upload without a file', 'POST', '/files/upload', {}, 400, 'no_file_uploaded'],
  ] as const) {
    test(what, async () => {
      const answer = await call(method, path, body)
      expect(answer.status).toBe(status)
      expect(await json(answer)).toEqual({ code, status, message: expect.any(String) })
    })
  }

  test('an unknown key', async () => {
    const answer = await fetch(`${here.sandbox.url}/info`, { headers: { authorization: 'Bearer app-x' } })
    expect(answer.status).toBe(401)
    expect(await json(answer)).toMatchObject({ code: 'unauthorized' })
  })
})

test('the logs are newest first, in pages, and by user and status', async () => {
  const user = `pages-${crypto.randomUUID()}`
  for (const name of ['a', 'b', 'c']) await runCopy({ user, inputs: { name, features: 'x' } })
  const mine = `/workflows/logs?created_by_end_user_session_id=${user}`
  const first = await json(await call('GET', `${mine}&limit=2`))
  expect(first).toMatchObject({ page: 1, limit: 2, total: 3, has_more: true })
  const last = await json(await call('GET', `${mine}&limit=2&page=2`))
  expect(last).toMatchObject({ has_more: false, data: [{ created_by_end_user: { session_id: user } }] })
  expect(await json(await call('GET', `${mine}&status=failed`))).toMatchObject({ total: 0 })
})

test('everything that it answers says that it is a sandbox', async () => {
  for (const answer of [
    await call('GET', '/info'),
    await runCopy(),
    await call('GET', '/nothing'),
    await fetch(here.sandbox.url.replace('/v1', '/')),
  ]) {
    expect(answer.headers.get('x-rowbot-sandbox')).toBe('true')
  }
  for (const { name } of here.sandbox.apps) {
    const { description } = await json(await call('GET', '/info', undefined, name))
    expect(description).toContain('Sandbox')
  }
})

function eventsIn(text: string): { event: string; data: unknown }[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('data: '))
    .map((block) => JSON.parse(block.slice('data: '.length)) as { event: string; data: unknown }) // as script.ts writes them
}
