import { afterEach, beforeEach, describe, expect, test } from 'bun:test'
import type { FaultName } from '../../../src/dify/sandbox/sandbox-fault.ts'
import { startSandbox, type Sandbox } from '../../../src/dify/sandbox/start-sandbox.ts'
import type { ServerTrouble } from '../../../src/dify/sandbox/trouble.ts'
import { recorded } from './support/recorded.ts'
import { RECORDED_APPS } from './support/recorded-apps.ts'
import { askRecorded, Listener } from './support/ask.ts'
import { differences, eventDifferences, eventsIn } from './support/shape.ts'

/*
 * The sandbox against what a real Dify 1.16.1 said: asked the same, it gives the same status, kind of content, code,
 * events in their order, and fields at every level. Values may differ.
 */

let sandbox: Sandbox
beforeEach(() => {
  sandbox = startSandbox({ apps: RECORDED_APPS, delayMs: 0, pingMs: 60_000 })
})
afterEach(() => sandbox.stop())

/** Asks what was asked then and compares the whole answers. @param path in the place of the recorded one */
async function holds(name: string, path?: string): Promise<void> {
  const answer = await askRecorded(sandbox, name, path)
  expect(problemsOf(name, answer, await answer.text())).toEqual([])
}

function problemsOf(name: string, answer: Response, text: string): string[] {
  const real = recorded(name)
  const mediaType = (value: string | null | undefined) => value?.split(';')[0] ?? ''
  const realType = real.headers['Content-Type'] ?? 'text/event-stream'
  const ourType = mediaType(answer.headers.get('content-type'))
  if (answer.status !== real.status) return [`status ${answer.status}, not ${real.status}: ${text}`]
  if (ourType !== mediaType(realType)) return [`${ourType}, not ${realType}`]
  if (ourType === 'text/html') return []
  if (ourType === 'text/event-stream') return eventDifferences(eventsIn(real.text), eventsIn(text))
  const theirs = JSON.parse(real.text) as { code?: unknown } // every answer in JSON is an object
  const ours = JSON.parse(text) as { code?: unknown } // the same
  const isCode = theirs.code === ours.code
  return isCode
    ? differences(theirs, ours)
    : [`code ${String(ours.code)}, not ${String(theirs.code)}: ${text}`]
}

/** A run that goes on, with its stream read as far as it has been told. */
async function listening(name: string, delayMs = 60_000): Promise<Listener> {
  sandbox.misbehave({ delayMs })
  return Listener.at(await askRecorded(sandbox, name))
}

function lastRun() {
  const run = sandbox.hits().at(-1)
  if (!run) throw new Error('nothing has run')
  return run
}

describe('asked the same, it answers the same', () => {
  test.each([
    'echo-info',
    'echo-parameters',
    'echo-site',
    'echo-meta',
    'redis-gone-info',
    'chatflow-info',
    'chatflow-parameters',
    'chatflow-logs',
    'completion-info',
    'completion-parameters',
    'completion-logs',
    'completion-conversations',
    'completion-messages-list',
    'chat-info',
    'chat-parameters',
    'file-parameters',
    'err-run-not-found',
    'err-run-not-uuid',
    'err-no-user',
    'err-empty-user',
    'err-bad-mode',
    'err-bad-json',
    'err-no-auth',
    'err-bad-key',
    'err-route',
    'err-method',
    'err-chat-route-on-workflow',
    'err-workflow-route-on-chatflow',
    'err-run-by-unknown-workflow-id',
    'err-chatflow-no-query',
    'err-chatflow-bad-conversation',
    'echo-stop-unknown-task',
    'llm-run',
    'llm-run-blocking',
    'chatflow-llm-run',
    'chatflow-run-blocking',
    'completion-run',
    'completion-run-blocking',
    'chat-run',
    'chat-run-blocking',
    'file-upload',
    'file-upload-exe',
    'err-file-none',
    'err-file-too-large',
  ])('%s', (name) => holds(name))
})

describe('inputs that are refused', () => {
  test.each([
    'err-missing-input-blocking',
    'err-completion-missing',
    'err-completion-long',
    'err-file-unknown-id-blocking',
  ])('%s', (name) => holds(name))

  test.each([
    'err-missing-input',
    'err-too-long-input',
    'err-wrong-type',
    'err-null-input',
    'err-chatflow-empty-query',
    'err-chatflow-too-long-input',
    'err-file-unknown-id',
    'err-file-as-string',
    'err-file-of-other-user',
    'err-file-type-mismatch',
  ])('%s is told as a failed run that nobody finds again', async (name) => {
    const answer = await askRecorded(sandbox, name)
    const text = await answer.text()
    expect(problemsOf(name, answer, text)).toEqual([])
    const end = eventsIn(text).at(-1)?.body ?? {}
    expect(end).toMatchObject({
      task_id: end['workflow_run_id'],
      data: { status: 'failed', total_steps: 0, elapsed_time: 0, created_by: {}, exceptions_count: 1 },
    })
    await holds('err-run-not-found', `/v1/workflows/run/${String(end['workflow_run_id'])}`)
    expect(sandbox.hits()).toEqual([])
  })
})

describe('with a fault', () => {
  test('partial-run is what partial gives, but that its step was no model', async () => {
    sandbox.misbehave('partial')
    const answer = await askRecorded(sandbox, 'partial-run')
    const problems = problemsOf('partial-run', answer, await answer.text())
    expect(problems.filter((one) => !one.includes('execution_metadata.'))).toEqual([])
  })

  test.each([
    ['fails-run', 'failed'],
    ['fails-run-blocking', 'failed'],
    ['partial-run-blocking', 'partial'],
    ['human-run', 'paused'],
    ['human-run-blocking', 'paused'],
    ['llm-err429', 'provider-429'],
    ['llm-err500', 'provider-500'],
    ['llm-errauth', 'provider-key'],
    ['llm-errbad', 'provider-context'],
    ['chatflow-llm-err500', 'provider-500'],
    ['completion-err429', 'provider-429'],
    ['completion-err429-blocking', 'provider-429'],
    ['completion-err500', 'provider-500'],
    ['completion-err500-blocking', 'provider-500'],
    ['completion-errauth', 'provider-key'],
    ['completion-errbad', 'provider-context'],
    ['chat-err500', 'provider-500'],
    ['completion-stopped', 'half-answer'],
    ['chat-stopped', 'half-answer'],
    ['limit1-run', 'limit'],
    ['err-unpublished', 'not-published'],
    ['err-api-disabled', '403'],
    ['db-gone-new-run', 'database-gone'],
  ] satisfies [string, FaultName][])('%s is what %s gives', async (name, fault) => {
    sandbox.misbehave(fault)
    await holds(name)
  })

  test.each([
    ['err-unpublished-parameters', 'unpublished', 'about'],
    ['err-api-disabled-info', '403', 'about'],
    ['db-gone-logs', 'database-gone', 'logs'],
  ] as const)('%s is what %s gives', async (name, fault, route) => {
    sandbox.misbehave(fault, { route })
    await holds(name)
  })

  test('limit2-run-2: a run beyond what the app may run at once', async () => {
    await sandbox.stop()
    sandbox = startSandbox({ apps: RECORDED_APPS, delayMs: 60_000, maxConcurrent: 2 })
    for (const name of ['limit2-run-0', 'limit2-run-1']) await askRecorded(sandbox, name)
    await holds('limit2-run-2')
  })
})

describe('a run that is over', () => {
  test.each(['echo-logs', 'echo-logs-by-user', 'echo-logs-by-keyword', 'echo-logs-unknown-user'])(
    'is listed: %s',
    async (name) => {
      await (await askRecorded(sandbox, 'echo-run')).text()
      await holds(name)
    },
  )

  test('is looked up, re-attached and stopped', async () => {
    await (await askRecorded(sandbox, 'echo-run')).text()
    const { runId, taskId, user } = lastRun()
    await holds('echo-detail', `/v1/workflows/run/${runId}`)
    await holds('err-run-of-other-app', `/v1/workflows/run/${runId}`)
    await holds('echo-events-after-end', `/v1/workflow/${runId}/events?user=${user}`)
    const snapshot = `/v1/workflow/${runId}/events?user=${user}&include_state_snapshot=true`
    await holds('echo-events-after-end-snapshot', snapshot)
    await holds('echo-events-other-user', `/v1/workflow/${runId}/events?user=someone-else`)
    await holds('echo-stop-after-end', `/v1/workflows/tasks/${taskId}/stop`)
    expect(sandbox.stops()).toMatchObject([{ stopped: false }])
  })

  test('of a chatflow is looked up, re-attached, and found by its messages', async () => {
    await (await askRecorded(sandbox, 'chatflow-run')).text()
    const { runId, user } = lastRun()
    await holds('chatflow-run-detail', `/v1/workflows/run/${runId}`)
    await holds('chatflow-events', `/v1/workflow/${runId}/events?user=${user}`)
    await holds('chatflow-conversations')
    await holds('chatflow-messages', await messagesPath('chatflow-conversations', user))
  })

  test('of a chat is found by its messages, whose answer is empty after its client has left', async () => {
    const gone = await listening('chat-cut')
    const begun = lastRun()
    await gone.leave()
    await until(() => sandbox.hits().at(-1)?.status === 'stopped')
    await holds('chat-conversations')
    const path = await messagesPath('chat-conversations', begun.user)
    await holds('chat-messages-list', path)
    const messages: unknown = await (await askRecorded(sandbox, 'chat-messages-list', path)).json()
    expect(messages).toMatchObject({ data: [{ answer: '', total_tokens: 0, status: 'normal' }] })
  })

  test('waits for a person where it was paused, until it is answered', async () => {
    sandbox.misbehave({ end: 'paused', resumes: 'stopped' })
    const text = await (await askRecorded(sandbox, 'human-run')).text()
    const { runId, taskId, user } = lastRun()
    const detail = `/v1/workflows/run/${runId}`
    await holds('human-detail-paused', detail)
    await holds('human-logs-paused', `/v1/workflows/logs?created_by_end_user_session_id=${user}`)
    const events = `/v1/workflow/${runId}/events?user=${user}&include_state_snapshot=true`
    await holds('human-events-resume', events)
    await holds('human-stop-paused', `/v1/workflows/tasks/${taskId}/stop`)
    expect(lastRun().status).toBe('paused')

    const form = `/v1/form/human_input/${/"form_token":"([^"]+)"/.exec(text)?.[1] ?? ''}`
    await holds('human-form', `${form}?user=${user}`)
    await holds('err-human-form-unknown', `/v1/form/human_input/nope?user=${user}`)
    await holds('err-human-form-bad-action', form)
    await holds('err-human-form-missing-input', form)
    await holds('human-form-submit', form)
    await holds('err-human-form-submit-twice', form)
    await holds('human-detail-done', detail)
    await holds('human-events-after', events)
  })

  test('human-events-after-submit-c: once it is answered, it goes on as the same run', async () => {
    sandbox.misbehave({ end: 'paused', resumes: 'lost', delayMs: 60 })
    const text = await (await askRecorded(sandbox, 'human-run')).text()
    const { runId, user } = lastRun()
    const form = `/v1/form/human_input/${/"form_token":"([^"]+)"/.exec(text)?.[1] ?? ''}`
    await holds('human-form-submit-alone', form)
    const joined = await askRecorded(
      sandbox,
      'human-events-after-submit-c',
      `/v1/workflow/${runId}/events?user=${user}`,
    )
    const ours = eventsIn(await joined.text()).filter(({ event }) => event !== 'node_started')
    expect(eventDifferences(eventsIn(recorded('human-events-after-submit-c').text), ours)).toEqual([])
    await holds('human-detail-after-submit-a', `/v1/workflows/run/${runId}`)
  })
})

describe('a run that goes on', () => {
  test('is running in its detail and in the logs', async () => {
    await listening('slow-run-cut')
    await holds('slow-detail-running', `/v1/workflows/run/${lastRun().runId}`)
    await holds('slow-logs-running')
  })

  test.each([
    ['slow-events-live', ''],
    ['slow-events-live-snapshot', '&include_state_snapshot=true'],
  ])('is re-attached: %s', async (name, snapshot) => {
    await listening('slow-run-cut', 1_000)
    const { runId, user } = lastRun()
    await holds(name, `/v1/workflow/${runId}/events?user=${user}${snapshot}`)
  })

  test.each([
    ['llm-stopped', 'llm-stop', '/v1/workflows/tasks/ID/stop'],
    ['completion-stopped', 'completion-stop', '/v1/completion-messages/ID/stop'],
    ['chat-stopped', 'chat-stop', '/v1/chat-messages/ID/stop'],
  ])('is stopped: %s', async (name, stop, path) => {
    const listener = await listening(name)
    await holds(stop, path.replace('ID', lastRun().taskId))
    expect(problemsOf(name, listener.answer, await listener.rest())).toEqual([])
    expect(sandbox.hits()).toMatchObject([{ status: 'stopped' }])
  })

  test('is not stopped by its run id, although the answer says success', async () => {
    await listening('slow-run-cut')
    await holds('stop-by-run-id', `/v1/workflows/tasks/${lastRun().runId}/stop`)
    expect(sandbox.hits()).toMatchObject([{ status: 'running' }])
  })
})

describe('when Dify is in trouble', () => {
  test('worker-sigterm: its run is stopped', async () => {
    const listener = await listening('worker-sigterm')
    await sandbox.cause('worker-down')
    await listener.rest()
    expect(eventDifferences(...withoutText('worker-sigterm', listener.text))).toEqual([])
    await holds('worker-sigterm-logs')
    expect(sandbox.hits()).toMatchObject([{ status: 'stopped' }])
  })

  test.each([
    ['worker-sigkill', 'worker-killed'],
    ['redis-gone-mid-run', 'redis-gone'],
  ] satisfies [string, ServerTrouble][])(
    '%s: the stream falls silent and stays open',
    async (name, trouble) => {
      const listener = await listening(name)
      await sandbox.cause(trouble)
      expect(await listener.isSilent()).toBe(true)
      expect(eventDifferences(...withoutText(name, listener.text))).toEqual([])
    },
  )

  test('worker-sigkill-logs: the run is said to be running', async () => {
    await listening('worker-sigkill')
    await sandbox.cause('worker-killed')
    await holds('worker-sigkill-logs')
    expect(sandbox.hits()).toMatchObject([{ status: 'running' }])
  })

  test('api-sigkill: the connection breaks, the run goes on, and a new process answers', async () => {
    const listener = await listening('api-sigkill', 300)
    await sandbox.cause('api-killed')
    expect(await listener.isBroken()).toBe(true)
    await until(() => lastRun().status === 'succeeded')
    await holds('api-sigkill-logs')
  })

  test('queued-no-worker: accepted with one ping, then in no log until a worker comes', async () => {
    await sandbox.cause('workers-gone')
    const listener = await Listener.at(await askRecorded(sandbox, 'queued-no-worker'))
    expect(await listener.isSilent()).toBe(true)
    expect(eventDifferences(eventsIn(recorded('queued-no-worker').text), eventsIn(listener.text))).toEqual([])
    await holds('queued-logs')
    await listener.leave()
    await sandbox.cause('workers-back')
    await holds('queued-logs-later')
    expect(sandbox.hits()).toMatchObject([{ status: 'succeeded' }])
  })

  test('redis-gone-new-run: no answer comes', async () => {
    await sandbox.cause('redis-gone')
    await holds('redis-gone-info')
    for (const name of ['redis-gone-new-run', 'redis-gone-logs']) {
      const asked = askRecorded(sandbox, name, undefined, AbortSignal.timeout(50))
      expect(await asked.then((answer) => answer.status).catch(() => recorded(name).status)).toBe(0)
    }
    await sandbox.cause('redis-back')
    await holds('redis-back-logs')
  })

  test('db-gone-mid-run: all answers are 500, and the stream goes on to its end', async () => {
    const listener = await listening('db-gone-mid-run', 100)
    await sandbox.cause('database-gone')
    await holds('db-gone-logs')
    await holds('db-gone-new-run')
    expect(problemsOf('db-gone-mid-run', listener.answer, await listener.rest())).toEqual([])
    await sandbox.cause('database-back')
    await holds('db-back-logs')
  })
})

/** What was told then and now; where no model wrote, the text comes only at the end. */
function withoutText(name: string, text: string) {
  const told = (all: string) => eventsIn(all).filter(({ event }) => event !== 'text_chunk')
  return [told(recorded(name).text), told(text)] as const
}

async function messagesPath(conversations: string, user: string): Promise<string> {
  // as conversationsRoute writes it
  const { data } = (await (await askRecorded(sandbox, conversations)).json()) as { data: { id: string }[] }
  return `/v1/messages?user=${user}&conversation_id=${data[0]?.id ?? ''}&limit=20`
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(1)
}
