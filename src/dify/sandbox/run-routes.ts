import { z } from 'zod'
import type { AppMode } from '../../engine/workflow.ts'
import { invalid, json, refuse } from './answers.ts'
import type { SandboxFault } from './sandbox-fault.ts'
import { checkedInputs, InputError } from './inputs.ts'
import type { SandboxRun } from './run.ts'
import { chatIds, facts, usage, WORKFLOW_ID } from './run-facts.ts'
import { errorStream, streamOf } from './stream.ts'
import type { SandboxCall } from './state.ts'

const Body = z.object({
  inputs: z.record(z.string(), z.unknown(), 'inputs is required and must be an object'),
  user: z.string('Arg user must be provided.').min(1, 'Arg user must be provided.'),
  response_mode: z.enum(['streaming', 'blocking']).default('blocking'),
  query: z.string().default(''),
})
type Body = z.infer<typeof Body>

/** What an app of another kind answers. */
const WRONG_MODE: Record<AppMode, string> = {
  workflow: 'not_workflow_app',
  'advanced-chat': 'not_chat_app',
  completion: 'not_completion_app',
  chat: 'not_chat_app',
  'agent-chat': 'not_chat_app',
  agent: 'not_chat_app',
}

/** POST /workflows/run, /chat-messages and /completion-messages. */
export async function runRoute(call: SandboxCall, mode: AppMode): Promise<Response> {
  const { app, request } = call
  if (app.mode !== mode) return wrongMode(mode)
  const body = Body.safeParse(await request.json().catch(() => undefined))
  if (!body.success) return invalid(body.error.issues[0]?.message ?? 'Invalid body')
  if (mode === 'advanced-chat' && body.data.query === '') return invalid('query is required')
  return answer(call, body.data)
}

export function wrongMode(mode: AppMode): Response {
  const message = 'Please check if your app mode matches the right API route.'
  return refuse({ status: 400, code: WRONG_MODE[mode], message })
}

function answer(call: SandboxCall, body: Body): Response | Promise<Response> {
  const { state, app } = call
  const { user, inputs, query } = body
  const fault = state.misbehaviour.faultFor({ route: 'run', app: app.name, user, inputs, query }) ?? {}
  if (fault.refuse && !fault.yetRuns) return turnAway(call, user, fault.refuse)
  if (state.log.running(app.name) >= state.settings.maxConcurrent) {
    const message = `Too many requests. Please try again later. The current maximum concurrent requests allowed for this app is ${state.settings.maxConcurrent}.`
    return turnAway(call, user, { status: 429, code: 'too_many_requests', message })
  }
  const run = beginRun(call, body, fault)
  if (run instanceof Response) return run
  if (fault.refuse) return refuse(fault.refuse)
  return body.response_mode === 'streaming' ? streamOf(run, state.settings) : blocking(run)
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

function beginRun({ state, app }: SandboxCall, body: Body, fault: SandboxFault): SandboxRun | Response {
  try {
    const inputs = checkedInputs(app, body.inputs, state.files, body.user)
    const delayMs = fault.delayMs ?? state.settings.delayMs ?? app.delayMs
    return state.log.begin({ app, user: body.user, inputs, query: body.query, fault, delayMs })
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return wrongInputs(error.message, body, state.settings.wrongInputs)
  }
}

function wrongInputs(message: string, body: Body, how: 'event' | 'silence' | '400'): Response {
  if (body.response_mode === 'blocking' || how === '400') return invalid(message)
  if (how === 'event') return errorStream(message)
  return new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } })
}

function blocking(run: SandboxRun): Promise<Response> {
  return new Promise((resolve) => {
    run.whenOver(() => {
      run.idsSentAt ??= Date.now()
      resolve(run.app.mode === 'workflow' ? workflowAnswer(run) : messageAnswer(run))
    })
  })
}

function workflowAnswer(run: SandboxRun): Response {
  const data = { id: run.id, workflow_id: WORKFLOW_ID, ...facts(run) }
  return json({ task_id: run.taskId, workflow_run_id: run.id, data })
}

function messageAnswer(run: SandboxRun): Response {
  if (run.status !== 'succeeded') {
    return refuse({ status: 400, code: 'completion_request_error', message: run.error ?? run.status })
  }
  const { mode } = run.app
  const metadata = { usage: usage(run), retriever_resources: [] }
  const ids = { task_id: run.taskId, id: run.id, ...chatIds(run) }
  return json({ event: 'message', mode, ...ids, answer: run.work.text, metadata })
}
