import { INTERNAL_ERROR, invalid, json, notFound, refuse } from './answers.ts'
import { hasRuns, isChat } from './app.ts'
import type { SandboxRun } from './run.ts'
import { wrongKind } from './run-routes.ts'
import { allInputs, exceptions, facts, seconds } from './run-facts.ts'
import type { SandboxCall } from './state.ts'
import { rejoined } from './stream.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The error in the look-up of a stopped run; its stream has a different text. */
const STORED_ERRORS: Readonly<Record<string, string>> = {
  'Stopped by user.': 'Aborted: App task was stopped',
}

/** GET /workflows/run/{id}: workflows and chatflows. */
export function detailRoute({ state, app }: SandboxCall, id: string): Response {
  if (!hasRuns(app.mode)) return wrongKind('workflow')
  if (!UUID.test(id)) return refuse(INTERNAL_ERROR)
  const run = state.log.byId(id)
  if (run?.app !== app) return notFound('Workflow run not found.')
  const inputs = JSON.stringify(allInputs(run))
  return json({ id: run.id, workflow_id: run.version, inputs, ...stored(run) })
}

/** GET /workflows/logs, newest first. Chatflows and completions are not in it. */
export function logsRoute({ state, app, url }: SandboxCall): Response {
  const page = whole(url, 'page', 1, 99_999)
  const limit = whole(url, 'limit', 20, 100)
  if (page === undefined || limit === undefined) return invalid('page and limit must be in their ranges')
  const runs = app.mode === 'workflow' ? state.log.runs.filter((run) => run.app === app) : []
  const found = runs.toReversed().filter((run) => isAskedFor(run, url.searchParams))
  const data = found.slice((page - 1) * limit, page * limit).map(logItem)
  return json({ page, limit, total: found.length, has_more: page * limit < found.length, data })
}

/** GET /workflow/{id}/events: joins a run again. If the run is over, only its end is sent. */
export function eventsRoute({ state, app, url }: SandboxCall, id: string): Response {
  if (!hasRuns(app.mode)) return wrongKind('workflow')
  const user = url.searchParams.get('user')
  if (!user) return invalid('Arg user must be provided.')
  if (!UUID.test(id)) return refuse(INTERNAL_ERROR)
  const run = state.log.byId(id)
  if (run?.app !== app || run.user !== user) return notFound('Workflow run not found')
  return rejoined(run, url.searchParams.get('include_state_snapshot') === 'true', state.settings)
}

/** GET /conversations: in the sandbox every run of a chat is a conversation of one message. */
export function conversationsRoute(call: SandboxCall): Response {
  if (!isChat(call.app.mode)) return wrongKind('chat')
  const limit = whole(call.url, 'limit', 20, 100) ?? 20
  const runs = runsOfUser(call)
  const data = runs.slice(0, limit).map((run) => ({
    id: run.conversationId,
    name: 'New conversation',
    inputs: run.inputs,
    status: 'normal',
    introduction: '',
    created_at: seconds(run.startedAt),
    updated_at: seconds(run.finishedAt ?? run.startedAt),
  }))
  return json({ limit, has_more: runs.length > limit, data })
}

/** GET /messages?conversation_id=. */
export function messagesRoute(call: SandboxCall): Response {
  if (!isChat(call.app.mode)) return wrongKind('chat')
  const talk = call.url.searchParams.get('conversation_id')
  const run = runsOfUser(call).find((one) => one.conversationId === talk)
  if (!run) return notFound('Conversation Not Exists.')
  return json({ limit: whole(call.url, 'limit', 20, 100) ?? 20, has_more: false, data: [message(run)] })
}

function message(run: SandboxRun) {
  const isOver = run.status !== 'running' && run.status !== 'stopped'
  return {
    id: run.messageId,
    conversation_id: run.conversationId,
    parent_message_id: '00000000-0000-0000-0000-000000000000',
    inputs: run.inputs,
    query: run.query,
    answer: run.isGood ? run.work.text : '',
    status: run.status === 'failed' ? 'error' : run.status === 'paused' ? 'paused' : 'normal',
    error: run.error,
    message_files: [],
    feedback: null,
    retriever_resources: [],
    agent_thoughts: [],
    created_at: seconds(run.startedAt),
    extra_contents: [],
    message_tokens: 0,
    answer_tokens: run.tokens,
    total_tokens: run.tokens,
    provider_response_latency: isOver ? Math.max(run.seconds, 0.001) : 0,
    total_price: isOver ? run.price : null,
    currency: run.currency,
  }
}

function stored(run: SandboxRun): ReturnType<typeof facts> {
  const ofRun = facts(run)
  return { ...ofRun, error: STORED_ERRORS[ofRun.error ?? ''] ?? ofRun.error }
}

function logItem(run: SandboxRun) {
  const { status, error, elapsed_time, total_tokens, total_steps, created_at, finished_at } = stored(run)
  return {
    id: run.taskId,
    workflow_run: {
      id: run.id,
      version: '2026-01-01 00:00:00',
      status,
      error,
      elapsed_time,
      total_tokens,
      total_steps,
      created_at,
      finished_at,
      exceptions_count: exceptions(run),
      triggered_from: 'app-run',
    },
    created_from: 'service-api',
    created_by_role: 'end_user',
    created_by_account: null,
    created_by_end_user: { id: run.taskId, type: 'service-api', is_anonymous: false, session_id: run.user },
    created_at,
    details: null,
  }
}

function isAskedFor(run: SandboxRun, asked: URLSearchParams): boolean {
  const user = asked.get('created_by_end_user_session_id')
  const status = asked.get('status')
  const keyword = asked.get('keyword')
  const after = asked.get('created_at__after')
  const before = asked.get('created_at__before')
  if (user !== null && run.user !== user) return false
  if (status !== null && run.status !== status) return false
  if (after !== null && run.startedAt < Date.parse(after)) return false
  if (before !== null && run.startedAt > Date.parse(before)) return false
  return keyword === null || JSON.stringify([run.id, run.user, run.inputs, run.outputs]).includes(keyword)
}

function runsOfUser({ state, app, url }: SandboxCall): SandboxRun[] {
  const user = url.searchParams.get('user')
  return state.log.runs.filter((run) => run.app === app && run.user === user).toReversed()
}

function whole(url: URL, name: string, normal: number, most: number): number | undefined {
  const value = Number(url.searchParams.get(name) ?? normal)
  return Number.isInteger(value) && value >= 1 && value <= most ? value : undefined
}
