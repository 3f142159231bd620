import { describe, expect, test } from 'bun:test'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import type { RunProgress } from '../../../src/engine/outcome.ts'
import { APP_MODES, type AppMode } from '../../../src/engine/workflow.ts'
import { serve } from '../support/serve.ts'
import { spoken } from '../../support/spoken.ts'
import { nano } from '../../support/nano.ts'

const IDS = { task_id: 'task', message_id: 'message', conversation_id: 'talk' }
const USAGE = { total_tokens: 9, total_price: '0.0001', currency: 'USD', latency: 1 }

/** What each kind of app streams for an answer, and where it is posted and stopped. */
const KINDS: Record<AppMode, { path: string; stop: string; events: object[]; outputs: object }> = {
  workflow: {
    path: '/workflows/run',
    stop: '/workflows/tasks/task/stop',
    events: [run('workflow_finished', { status: 'succeeded', outputs: { text: 'Hi' }, total_tokens: 9 })],
    outputs: { text: 'Hi' },
  },
  'advanced-chat': {
    path: '/chat-messages',
    stop: '/chat-messages/task/stop',
    events: [
      said('message', 'Hi'),
      answered(),
      run('workflow_finished', { status: 'succeeded', outputs: { answer: 'Hi' }, total_tokens: 9 }),
    ],
    outputs: { answer: 'Hi' },
  },
  completion: {
    path: '/completion-messages',
    stop: '/completion-messages/task/stop',
    events: [said('message', 'Hi'), answered()],
    outputs: { answer: 'Hi' },
  },
  chat: {
    path: '/chat-messages',
    stop: '/chat-messages/task/stop',
    events: [said('message', 'H'), said('message', 'i'), answered()],
    outputs: { answer: 'Hi' },
  },
  'agent-chat': {
    path: '/chat-messages',
    stop: '/chat-messages/task/stop',
    events: [{ event: 'agent_thought', ...IDS, thought: 'Hm.' }, said('agent_message', 'Hi'), answered()],
    outputs: { answer: 'Hi' },
  },
  agent: {
    path: '/chat-messages',
    stop: '/chat-messages/task/stop',
    events: [said('agent_message', 'H'), said('agent_message', 'i'), said('message', 'Hi'), answered()],
    outputs: { answer: 'Hi' },
  },
}

for (const mode of APP_MODES) {
  const { path, stop, events, outputs } = KINDS[mode]
  const asks = path === '/chat-messages'

  describe(`an app of the kind ${mode}`, () => {
    test('runs a row, streamed, and its outputs, tokens and ids come back', async () => {
      const asked: { path: string; body: unknown }[] = []
      await using server = serve(async (request) => {
        asked.push({ path: new URL(request.url).pathname, body: await request.json() })
        return streamOf(events)
      })
      const news: RunProgress[] = []
      const outcome = await openApp({ baseUrl: server.url, apiKey: 'app-x', mode }).run({
        inputs: { who: 'Ann', query: 'Hello?' },
        variables: [],
        user: 'u',
        signal: new AbortController().signal,
        onProgress: (one) => void news.push(one),
      })
      expect(outcome).toMatchObject({ kind: 'succeeded', outputs, usage: { tokens: 9 } })
      expect(outcome.ids).toMatchObject({ difyTaskId: 'task' })
      if (mode !== 'workflow') expect(spoken(outcome.ids?.messageId)).toBe('message')
      expect(asked).toEqual([
        {
          path,
          body: {
            user: 'u',
            response_mode: 'streaming',
            ...(asks
              ? { inputs: { who: 'Ann' }, query: 'Hello?', auto_generate_name: false }
              : { inputs: { who: 'Ann', query: 'Hello?' } }),
          },
        },
      ])
    })

    test('is stopped where it runs', async () => {
      const asked: string[] = []
      await using server = serve((request) => {
        asked.push(`${request.method} ${new URL(request.url).pathname}`)
        return Response.json({ result: 'success' })
      })
      const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode })
      await app.stop({ user: 'u', attemptedAt: 0, difyTaskId: 'task' }, new AbortController().signal)
      expect(asked).toEqual([`POST ${stop}`])
    })

    test(mode === 'completion' ? 'cannot be asked for' : 'is found again by its user', async () => {
      await using server = serve(({ url }) => Response.json(foundAt(new URL(url).pathname)))
      const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode })
      expect(app.canLookUp).toBe(mode !== 'completion')
      const fate = await app.lookUp({ user: 'u', attemptedAt: 0 }, new AbortController().signal)
      expect(fate).toMatchObject(
        mode === 'completion' ? { kind: 'unknown' } : { kind: 'succeeded', usage: { tokens: 9 } },
      )
      if (asks) expect(fate).toMatchObject({ ids: { messageId: 'message' }, usage: { price: nano(0.0001) } })
    })

    test(`${KINDS[mode].events.some(isOfRun) ? 'has' : 'has no'} streams to join`, () => {
      const app = openApp({ baseUrl: 'http://127.0.0.1:1', apiKey: 'app-x', mode })
      expect(app.join !== undefined).toBe(KINDS[mode].events.some(isOfRun))
    })
  })
}

test.each([
  [1.2, 2],
  [5e12, 100_000_000],
])(
  'an app that counts %d tokens has used %d: more or less could not be stored',
  async (total_tokens, tokens) => {
    const end = run('workflow_finished', { status: 'succeeded', outputs: { text: 'Hi' }, total_tokens })
    await using server = serve(() => streamOf([end]))
    const { signal } = new AbortController()
    const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow' })
    const outcome = await app.run({ inputs: {}, variables: [], user: 'u', signal, onProgress: () => {} })
    expect(outcome).toMatchObject({ kind: 'succeeded', usage: { tokens } })
  },
)

test('of several messages of a conversation the one is taken that this call made', async () => {
  const mine = { id: 'mine', answer: 'Mine', total_tokens: 3, status: 'normal', provider_response_latency: 1 }
  await using server = serve(({ url }) =>
    Response.json(
      url.includes('/conversations')
        ? { data: [{ id: 'talk' }] }
        : { data: [{ ...mine, id: 'other', answer: 'Other' }, mine] },
    ),
  )
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'chat' })
  const run = { user: 'u', attemptedAt: 0, messageId: 'mine' }
  expect(await app.lookUp(run, new AbortController().signal)).toMatchObject({ outputs: { answer: 'Mine' } })
})

test('a line of the logs that has lost its run says only that there is one', async () => {
  await using server = serve(() =>
    Response.json({
      has_more: false,
      data: [{ workflow_run: null, created_by_end_user: { session_id: 'u' } }],
    }),
  )
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow' })
  expect(await app.lookUp({ user: 'u', attemptedAt: 0 }, new AbortController().signal)).toEqual({
    kind: 'running',
  })
})

test.each([
  ['a list', []],
  ['a status that is a number', { status: 7 }],
])('a run whose detail is %s is settled with words, and not asked for for ever', async (_what, body) => {
  await using server = serve(() => Response.json(body))
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow' })
  const run = { user: 'u', attemptedAt: 0, workflowRunId: 'r' }
  expect(spoken(await app.lookUp(run, new AbortController().signal))).toMatchObject({
    kind: 'failed',
    error: expect.stringContaining('cannot read'),
  })
})

test('a sign-in page in the place of a detail is a server in trouble', async () => {
  await using server = serve(
    () => new Response('<title>Sign in</title>', { headers: { 'content-type': 'text/html' } }),
  )
  const app = openApp({ baseUrl: server.url, apiKey: 'app-x', mode: 'workflow' })
  const run = { user: 'u', attemptedAt: 0, workflowRunId: 'r' }
  expect(await app.lookUp(run, new AbortController().signal)).toMatchObject({ kind: 'lost', inTrouble: true })
})

function run(event: string, data: object) {
  return { event, workflow_run_id: 'run', ...IDS, data: { elapsed_time: 1, total_steps: 1, ...data } }
}

function said(event: string, answer: string) {
  return { event, ...IDS, answer }
}

function answered() {
  return { event: 'message_end', ...IDS, metadata: { usage: USAGE } }
}

function streamOf(events: object[]): Response {
  const body = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

function foundAt(path: string): object {
  switch (path) {
    case '/workflows/logs':
      return {
        has_more: false,
        data: [{ workflow_run: { id: 'run' }, created_by_end_user: { session_id: 'u' } }],
      }
    case '/conversations':
      return { data: [{ id: 'talk' }] }
    case '/messages':
      return {
        data: [{ id: 'message', answer: 'Hi', status: 'normal', ...USAGE, provider_response_latency: 1 }],
      }
    default:
      return { status: 'succeeded', outputs: { text: 'Hi' }, total_tokens: 9, elapsed_time: 1 }
  }
}

function isOfRun(event: object): boolean {
  return 'workflow_run_id' in event
}
