import { describe, expect, test } from 'bun:test'
import { appNamed, sandboxForTests } from '../support/cast.ts'

/*
 * The sandbox against Dify's published service API: the fields that each answer of it has there. Taken by hand from
 * the official OpenAPI document of 2026-07; what that document lacks is from the server's source.
 */

const here = sandboxForTests()
const USER = 'api-test'

const RUN_DATA = [
  'id',
  'workflow_id',
  'status',
  'outputs',
  'error',
  'elapsed_time',
  'total_tokens',
  'total_steps',
  'created_at',
  'finished_at',
]

describe('an answer has the fields of the real one', () => {
  test('GET /info', async () => {
    expect(await fieldsOf('GET', '/info')).toEqual(['author_name', 'description', 'mode', 'name', 'tags'])
  })

  test('GET /parameters', async () => {
    expect(await fieldsOf('GET', '/parameters')).toEqual(
      [
        'opening_statement',
        'suggested_questions',
        'suggested_questions_after_answer',
        'speech_to_text',
        'text_to_speech',
        'retriever_resource',
        'annotation_reply',
        'more_like_this',
        'sensitive_word_avoidance',
        'user_input_form',
        'file_upload',
        'system_parameters',
      ].toSorted(),
    )
  })

  test('GET /meta', async () => {
    expect(await fieldsOf('GET', '/meta')).toEqual(['tool_icons'])
  })

  test('GET /site', async () => {
    expect(await fieldsOf('GET', '/site')).toEqual(
      [
        'title',
        'chat_color_theme',
        'chat_color_theme_inverted',
        'icon_type',
        'icon',
        'icon_background',
        'icon_url',
        'description',
        'copyright',
        'privacy_policy',
        'input_placeholder',
        'custom_disclaimer',
        'default_language',
        'show_workflow_steps',
        'use_icon_as_answer_icon',
      ].toSorted(),
    )
  })

  test('POST /workflows/run, blocking', async () => {
    const body = await json(await runCopy({ response_mode: 'blocking' }))
    expect(Object.keys(body).toSorted()).toEqual(['data', 'task_id', 'workflow_run_id'])
    expect(Object.keys(body['data'] as object)).toEqual(expect.arrayContaining(RUN_DATA)) // an object in every answer
  })

  test('GET /workflows/run/{id}', async () => {
    const { workflow_run_id } = await json(await runCopy({ response_mode: 'blocking' }))
    const detail = await json(await call('GET', `/workflows/run/${String(workflow_run_id)}`))
    expect(Object.keys(detail).toSorted()).toEqual([...RUN_DATA, 'inputs'].toSorted())
    expect(detail['inputs']).toBeString()
  })

  test('GET /workflows/logs', async () => {
    await runCopy()
    const body = await json(await call('GET', '/workflows/logs?limit=1'))
    expect(Object.keys(body).toSorted()).toEqual(['data', 'has_more', 'limit', 'page', 'total'])
    const [item] = body['data'] as [Record<string, object>] // one run was just made
    expect(Object.keys(item).toSorted()).toEqual(
      [
        'id',
        'workflow_run',
        'created_from',
        'created_by_role',
        'created_by_account',
        'created_by_end_user',
        'created_at',
        'details',
      ].toSorted(),
    )
    expect(Object.keys(item['workflow_run'] ?? {}).toSorted()).toEqual(
      [
        ...RUN_DATA.filter((field) => field !== 'workflow_id' && field !== 'outputs'),
        'version',
        'exceptions_count',
        'triggered_from',
      ].toSorted(),
    )
    expect(item['created_by_end_user']).toMatchObject({ session_id: USER })
  })

  test('POST /files/upload', async () => {
    const form = new FormData()
    form.set('user', USER)
    form.set('file', new File(['x'], 'a.txt', { type: 'text/plain' }))
    const answer = await call('POST', '/files/upload', form)
    expect(answer.status).toBe(201)
    expect(await json(answer)).toMatchObject({
      id: expect.any(String),
      name: 'a.txt',
      size: 1,
      extension: 'txt',
      mime_type: 'text/plain',
      created_by: expect.any(String),
      created_at: expect.any(Number),
    })
  })

  test('POST /chat-messages, blocking, then GET /conversations and /messages', async () => {
    const chat = { query: 'Hello', inputs: {}, user: USER, response_mode: 'blocking' }
    const message = await json(await call('POST', '/chat-messages', chat, 'Support assistant'))
    const fields = [
      'event',
      'task_id',
      'id',
      'message_id',
      'conversation_id',
      'mode',
      'answer',
      'metadata',
      'created_at',
    ]
    expect(Object.keys(message).toSorted()).toEqual(fields.toSorted())
    const talks = await json(await call('GET', `/conversations?user=${USER}`, undefined, 'Support assistant'))
    expect(talks['data']).toMatchObject([{ id: message['conversation_id'], status: 'normal' }])
    const path = `/messages?user=${USER}&conversation_id=${String(message['conversation_id'])}`
    const messages = await json(await call('GET', path, undefined, 'Support assistant'))
    expect(messages['data']).toMatchObject([
      { query: 'Hello', answer: message['answer'], total_price: expect.any(String) },
    ])
  })

  test('POST /completion-messages, blocking', async () => {
    const body = { inputs: { topic: 'tea' }, user: USER, response_mode: 'blocking' }
    expect(await json(await call('POST', '/completion-messages', body, 'Slogan writer'))).toMatchObject({
      event: 'message',
      mode: 'completion',
      answer: expect.any(String),
      metadata: { usage: { total_price: expect.any(String), currency: 'USD' } },
    })
  })

  test('POST …/stop says success whatever happens', async () => {
    const answer = await call('POST', '/workflows/tasks/nothing/stop', { user: USER })
    expect(await json(answer)).toEqual({ result: 'success' })
  })
})

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
    expect(Object.keys(events.at(-1)?.data ?? {})).toEqual(expect.arrayContaining(RUN_DATA))
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
    ['an unknown path', 'GET', '/nothing', undefined, 404, 'not_found'],
    ['an unknown run', 'GET', '/workflows/run/x', undefined, 404, 'not_found'],
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

function call(method: string, path: string, body?: object, app = 'Product copywriter'): Promise<Response> {
  return fetch(`${here.sandbox.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${appNamed(here.sandbox, app).key}` },
    ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
  })
}

function runCopy(more: object = {}): Promise<Response> {
  const body = {
    inputs: { name: 'Kettle', features: 'steel' },
    user: USER,
    response_mode: 'streaming',
    ...more,
  }
  return call('POST', '/workflows/run', body)
}

async function fieldsOf(method: string, path: string): Promise<string[]> {
  return Object.keys(await json(await call(method, path))).toSorted()
}

async function json(answer: Response): Promise<Record<string, unknown>> {
  return (await answer.json()) as Record<string, unknown> // every answer of the API is an object
}

function eventsIn(text: string): { event: string; data: unknown }[] {
  return text
    .split('\n\n')
    .filter((block) => block.startsWith('data: '))
    .map((block) => JSON.parse(block.slice('data: '.length)) as { event: string; data: unknown }) // as script.ts writes them
}
