import { z } from 'zod'
import type { AppMode } from '../../engine/workflow.ts'
import { invalid, json, notFound, refuse } from './answers.ts'
import { hasRuns } from './app.ts'
import { checkedAttachments } from './checked-files.ts'
import { InputError } from './input-error.ts'
import { checkedInputs } from './inputs.ts'
import type { SandboxRun } from './run.ts'
import { facts, messageIds, usage } from './run-facts.ts'
import { tooManyRequests, type SandboxFault } from './sandbox-fault.ts'
import { madeUpFailure, pauseOf, PING } from './script.ts'
import type { SandboxCall } from './state.ts'
import { said, streamOf } from './stream.ts'

const Body = z.object({
  inputs: z.record(z.string(), z.unknown(), 'inputs is required and must be an object'),
  user: z.string('Arg user must be provided.').min(1, 'Arg user must be provided.'),
  response_mode: z.enum(['streaming', 'blocking']).default('blocking'),
  query: z.string().optional(),
  conversation_id: z.string().default(''),
  files: z.array(z.record(z.string(), z.unknown())).nullish(),
})
type Body = z.infer<typeof Body>

/** The apps that a route serves. */
export type RouteKind = 'workflow' | 'chat' | 'completion'

const KIND_OF: Record<AppMode, RouteKind> = {
  workflow: 'workflow',
  'advanced-chat': 'chat',
  chat: 'chat',
  'agent-chat': 'chat',
  agent: 'chat',
  completion: 'completion',
}

export function kindOf(mode: AppMode): RouteKind {
  return KIND_OF[mode]
}

/** POST /workflows/run, /chat-messages and /completion-messages. */
export async function runRoute(call: SandboxCall, kind: RouteKind, workflowId?: string): Promise<Response> {
  const { app, request } = call
  if (kindOf(app.mode) !== kind) return wrongKind(kind)
  const given: unknown = await request.json().catch(() => undefined)
  if (given === undefined) {
    const message = 'The browser (or proxy) sent a request that this server could not understand.'
    return refuse({ status: 400, code: 'bad_request', message })
  }
  const body = Body.safeParse(given)
  if (!body.success) return invalid(body.error.issues[0]?.message ?? 'Invalid body')
  if (kind === 'chat' && body.data.query === undefined) return invalid('query: Field required')
  if (workflowId !== undefined && workflowId !== call.state.settings.version) {
    return notFound(`Workflow not found with id: ${workflowId}`)
  }
  // Each run here is its own conversation, so there is none to continue.
  if (kind === 'chat' && body.data.conversation_id !== '') return notFound('Conversation Not Exists.')
  return answer(call, body.data)
}

export function wrongKind(kind: RouteKind): Response {
  const message = 'Please check if your app mode matches the right API route.'
  return refuse({ status: 400, code: `not_${kind}_app`, message })
}

function answer(call: SandboxCall, body: Body): Response | Promise<Response> {
  const { state, app } = call
  const { user, inputs, query = '' } = body
  const { settings, log } = state
  const isAgent = app.mode === 'agent-chat' || app.mode === 'agent'
  if (isAgent && body.response_mode === 'blocking') {
    return invalid('Agent Chat App does not support blocking mode')
  }
  const fault = state.misbehaviour.faultFor({ route: 'run', app: app.name, user, inputs, query }) ?? {}
  if (fault.hangs) return new Promise(() => {})
  if (fault.refuse && !fault.yetRuns) return turnAway(call, user, fault.refuse)
  if (log.running(app.name) >= settings.maxConcurrent) return turnAway(call, user, tooMany(call))
  if (fault.madeUp !== undefined) return unbegun(call, body, fault.madeUp)
  const checked = checkInputs(call, body)
  if (checked instanceof InputError) return wrongInputs(call, body, checked.message, fault)

  const delayMs = fault.delayMs ?? settings.delayMs ?? app.delayMs
  const appFiles = state.files.forRun(fault.deadLinks)
  const { version } = settings
  const begin = () => log.begin({ app, user, ...checked, query, fault, delayMs, appFiles, version })
  const run = hasRuns(app.mode) ? state.workers.take(begin, fault.queuedMs) : begin()
  if (fault.refuse) return refuse(fault.refuse)
  if (body.response_mode === 'streaming') return streamOf(run, settings)
  return run instanceof Promise ? run.then(blocking) : blocking(run)
}

function turnAway(
  { state, app }: SandboxCall,
  user: string,
  refusal: NonNullable<SandboxFault['refuse']>,
): Response {
  const { status, code = 'html' } = refusal
  state.log.turnedAway.push({ app: app.name, user, status, code, at: Date.now() })
  return refuse(refusal)
}

function tooMany({ state: { settings }, app }: SandboxCall): NonNullable<SandboxFault['refuse']> {
  const message = tooManyRequests(app.key, settings.maxConcurrent)
  return settings.limitBy === '400'
    ? { status: 400, code: 'invalid_param', message }
    : { status: 429, code: 'too_many_requests', message }
}

function checkInputs(
  { state, app }: SandboxCall,
  body: Body,
): Pick<SandboxRun, 'inputs' | 'files'> | InputError {
  try {
    // In Dify, only chatflows check the question themselves.
    if (app.mode === 'advanced-chat' && body.query === '') return new InputError('query is required')
    const files = checkedAttachments(app, body.files ?? [], state.files, body.user)
    return { inputs: checkedInputs(app, body.inputs, state.files, body.user), files }
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
}

function wrongInputs(call: SandboxCall, body: Body, message: string, fault: SandboxFault): Response {
  if (body.response_mode === 'blocking' || !hasRuns(call.app.mode)) return invalid(message)
  switch (fault.wrongInputs ?? call.state.settings.wrongInputs) {
    case 'made-up':
      return unbegun(call, body, message)
    case 'event':
      return said(`${PING}data: ${JSON.stringify({ event: 'error', message, status: 500 })}\n\n`, true)
    case 'silence':
      return said('', true)
    case '400':
      return invalid(message)
  }
}

/** Nothing was run, but the stream reports a failed run. */
function unbegun({ app, state }: SandboxCall, body: Body, error: string): Response {
  state.log.turnedAway.push({ app: app.name, user: body.user, status: 200, code: 'made-up', at: Date.now() })
  if (body.response_mode === 'blocking' || !hasRuns(app.mode)) return invalid(error)
  return said(PING + madeUpFailure(body.inputs, error, state.settings.version), false)
}

function blocking(run: SandboxRun): Promise<Response> {
  return new Promise((resolve) => {
    run.whenOver(() => {
      if (run.isSilent) return
      run.idsSentAt ??= Date.now()
      resolve(run.app.mode === 'workflow' ? workflowAnswer(run) : messageAnswer(run))
    })
  })
}

function workflowAnswer(run: SandboxRun): Response {
  const paused = run.status === 'paused' ? pauseOf(run).paused : {}
  const data = { id: run.id, workflow_id: run.version, ...facts(run), ...paused }
  return json({ task_id: run.taskId, workflow_run_id: run.id, data })
}

function messageAnswer(run: SandboxRun): Response {
  if (!run.isGood) {
    const code = run.hasRuns ? 'invalid_param' : 'completion_request_error'
    return refuse({ status: 400, code, message: run.error ?? run.status })
  }
  const { mode } = run.app
  const metadata = {
    annotation_reply: null,
    retriever_resources: [],
    usage: usage(run, true),
    reasoning: {},
  }
  const ids = { task_id: run.taskId, id: run.messageId, ...messageIds(run) }
  return json({ event: 'message', mode, ...ids, answer: run.work.text, metadata })
}
