import { event, line, messages, node, nodeFinished, nodeStarted, textChunks } from './events.ts'
import { chatIds, facts, seconds, usage, WORKFLOW_ID } from './run-facts.ts'
import type { SandboxRun } from './run.ts'

/** What a run's stream says, in the order of a real server. */
export interface Script {
  started: string
  middle: string
  /** the last node, and for a chatflow the end of the answer */
  closing: string
  /** the event that ends the run, and what a chatflow adds after a failure */
  end: string
}

export const PING = 'event: ping\n\n'

/** Words before the end: known when the run begins. */
export function opening(run: SandboxRun): Pick<Script, 'started' | 'middle'> {
  if (run.app.mode === 'completion') return { started: messages(run).join(''), middle: '' }
  const started = event(run, 'workflow_started', {
    id: run.id,
    workflow_id: WORKFLOW_ID,
    inputs: { ...run.inputs, 'sys.user_id': run.user },
    created_at: seconds(run.startedAt),
    reason: 'initial',
  })
  const words = run.app.mode === 'workflow' ? textChunks(run) : messages(run)
  const middle = node(run, 1, 'Start', 'start') + nodeStarted(run, 2, 'Writer', 'llm') + words.join('')
  return { started, middle }
}

/** Words of the end: known when it is over. */
export function ending(run: SandboxRun): Pick<Script, 'closing' | 'end'> {
  if (run.app.mode === 'completion') return completionEnding(run)
  if (run.status === 'paused') return { closing: '', end: pausing(run) }
  const ended =
    run.status === 'stopped' ? '' : nodeFinished(run, 2, 'Writer', 'llm') + node(run, 3, 'End', 'end')
  const isAnswered =
    run.app.mode === 'advanced-chat' && (run.status === 'succeeded' || run.status === 'partial-succeeded')
  const end = event(run, 'workflow_finished', {
    id: run.id,
    workflow_id: WORKFLOW_ID,
    ...facts(run),
    created_by: { id: WORKFLOW_ID, user: run.user },
    exceptions_count: run.status === 'partial-succeeded' ? 1 : 0,
    files: [],
  })
  const after = run.app.mode === 'advanced-chat' && run.status === 'failed' ? errorEvent(run) : ''
  return { closing: ended + (isAnswered ? messageEnd(run) : ''), end: end + after }
}

function messageEnd(run: SandboxRun): string {
  const metadata = { usage: usage(run), retriever_resources: [] }
  return line({ event: 'message_end', task_id: run.taskId, id: run.id, ...chatIds(run), metadata, files: [] })
}

function completionEnding(run: SandboxRun): Pick<Script, 'closing' | 'end'> {
  return { closing: '', end: run.status === 'failed' ? errorEvent(run) : messageEnd(run) }
}

function errorEvent(run: SandboxRun): string {
  const { error: message } = run
  return line({ event: 'error', ...chatIds(run), code: 'completion_request_error', status: 400, message })
}

function pausing(run: SandboxRun): string {
  const form = {
    form_id: run.taskId,
    form_token: 'sandbox-form',
    node_id: 'node_2',
    node_title: 'Approval',
    form_content: 'The sandbox was told to wait for a person.',
    inputs: [],
    actions: [{ id: 'approve', title: 'Approve', button_style: 'primary' }],
    display_in_ui: false,
    resolved_default_values: {},
    expiration_time: seconds(Date.now()) + 86_400,
  }
  const paused = {
    workflow_run_id: run.id,
    paused_nodes: ['node_2'],
    reasons: [{ TYPE: 'human_input_required', ...form }],
    ...facts(run),
    outputs: {},
  }
  return event(run, 'human_input_required', form) + event(run, 'workflow_paused', paused)
}
