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
const WORKFLOW_ID = '5a9d0b0c-0000-4000-8000-00005a9db0c5'
const PIECES = 3

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

/** What a look-up, a blocking answer and the last event share. */
export function facts(run: SandboxRun) {
  return {
    status: run.status,
    outputs: run.outputs,
    error: run.error,
    elapsed_time: run.seconds,
    total_tokens: run.tokens,
    total_steps: 3,
    created_at: seconds(run.startedAt),
    finished_at: run.finishedAt === null ? null : seconds(run.finishedAt),
  }
}

export function usage(run: SandboxRun) {
  return {
    prompt_tokens: 0,
    prompt_unit_price: '0.000002',
    prompt_price_unit: '1',
    prompt_price: '0',
    completion_tokens: run.tokens,
    completion_unit_price: '0.000002',
    completion_price_unit: '1',
    completion_price: run.price.toFixed(7),
    total_tokens: run.tokens,
    total_price: run.price.toFixed(7),
    currency: 'USD',
    latency: run.seconds,
  }
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

export const workflowId = WORKFLOW_ID

/** In a chatflow and a completion one message is one run, and its ids may as well be the run's. */
export function chatIds(run: SandboxRun) {
  return { conversation_id: run.taskId, message_id: run.id, created_at: seconds(run.startedAt) }
}

function event(run: SandboxRun, name: string, data: unknown): string {
  const chat = run.app.mode === 'workflow' ? undefined : chatIds(run)
  return line({ event: name, task_id: run.taskId, workflow_run_id: run.id, ...chat, data })
}

function line(body: unknown): string {
  return `data: ${JSON.stringify(body)}\n\n`
}

function node(run: SandboxRun, index: number, title: string, type: string): string {
  return nodeStarted(run, index, title, type) + nodeFinished(run, index, title, type)
}

function nodeStarted(run: SandboxRun, index: number, title: string, type: string): string {
  return event(run, 'node_started', nodeFacts(run, index, title, type))
}

function nodeFinished(run: SandboxRun, index: number, title: string, type: string): string {
  const isModel = type === 'llm'
  const isBad = isModel && run.status === 'failed'
  return event(run, 'node_finished', {
    ...nodeFacts(run, index, title, type),
    inputs_truncated: false,
    process_data: {},
    process_data_truncated: false,
    outputs: isModel && !isBad ? { text: run.work.text } : {},
    outputs_truncated: false,
    status: isBad ? 'failed' : 'succeeded',
    error: isBad ? run.error : null,
    elapsed_time: isModel ? run.seconds : 0,
    execution_metadata: isModel
      ? { total_tokens: run.tokens, total_price: run.price.toFixed(7), currency: 'USD' }
      : null,
    finished_at: seconds(Date.now()),
    files: [],
  })
}

function nodeFacts(run: SandboxRun, index: number, title: string, type: string) {
  return {
    id: `${run.id}-${index}`,
    node_id: `node_${index}`,
    node_type: type,
    title,
    index,
    predecessor_node_id: index === 1 ? null : `node_${index - 1}`,
    inputs: index === 1 ? run.inputs : null,
    created_at: seconds(run.startedAt),
    extras: {},
    iteration_id: null,
    loop_id: null,
  }
}

function textChunks(run: SandboxRun): string[] {
  return pieces(run.work.text).map((text) =>
    event(run, 'text_chunk', { text, from_variable_selector: ['node_2', 'text'] }),
  )
}

function messages(run: SandboxRun): string[] {
  return pieces(run.work.text).map((answer) =>
    line({ event: 'message', task_id: run.taskId, id: run.id, ...chatIds(run), answer }),
  )
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

function pieces(text: string): string[] {
  const points = Array.from(text)
  const size = Math.max(1, Math.ceil(points.length / PIECES))
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).join(''),
  )
}
