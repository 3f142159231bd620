import { describe, expect, test } from 'bun:test'
import { apiOf, json, USER } from '../support/api.ts'
import { sandboxForTests } from '../support/cast.ts'

/*
 * The sandbox against Dify's published service API: the fields that each answer of it has there. Taken by hand from
 * the official OpenAPI document of 2026-07; what that document lacks is from the server's source.
 */

const here = sandboxForTests()
const { call, runCopy, fieldsOf } = apiOf(() => here.sandbox)

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

  test.each([
    ['a.png', 11, 413],
    ['a.pdf', 11, 201],
    ['a.pdf', 16, 413],
    ['a.mp3', 16, 201],
    ['a.mp3', 51, 413],
  ])('an upload of %s with %i MB is answered by %i', async (name, mb, status) => {
    const form = new FormData()
    form.set('user', USER)
    form.set('file', new File([new Uint8Array(mb * 1024 * 1024)], name, { type: 'text/plain' }))
    expect((await call('POST', '/files/upload', form)).status).toBe(status)
  })

  test('an upload of two files is refused', async () => {
    const form = new FormData()
    form.set('file', new File(['x'], 'a.txt', { type: 'text/plain' }))
    form.set('more', new File(['x'], 'b.txt', { type: 'text/plain' }))
    const answer = await call('POST', '/files/upload', form)
    expect(answer.status).toBe(400)
    expect(await json(answer)).toMatchObject({ code: 'too_many_files' })
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
