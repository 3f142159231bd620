import { allInputs, exceptions, facts, messageIds, seconds, usage } from './run-facts.ts'
import type { SandboxRun } from './run.ts'

const PIECES = 3

/** Of a workflow's or a chatflow's run. */
export function event(run: SandboxRun, name: string, data: unknown): string {
  const ids = run.isChat ? messageIds(run) : {}
  return line({ event: name, ...ids, task_id: run.taskId, workflow_run_id: run.id, data })
}

/** As in a stream that is joined again: the task id is the run's own id. */
export function laterEvent({ id }: { id: string }, name: string, data: unknown): string {
  return line({ event: name, task_id: id, workflow_run_id: id, data })
}

export function line(body: unknown): string {
  return `data: ${JSON.stringify(body)}\n\n`
}

export function startOf(run: SandboxRun) {
  return {
    id: run.id,
    workflow_id: run.version,
    inputs: allInputs(run),
    created_at: seconds(run.startedAt),
    reason: 'initial',
  }
}

export function endOf(run: SandboxRun) {
  return {
    id: run.id,
    workflow_id: run.version,
    ...facts(run),
    created_by: { id: run.version, user: run.user },
    exceptions_count: exceptions(run),
    files: filesIn(run.outputs),
  }
}

/** A failure that Dify invents: no step, no time, no caller. */
export function madeUpEnd({ id, version }: { id: string; version: string }, error: string, at: number) {
  return {
    id,
    workflow_id: version,
    status: 'failed',
    outputs: null,
    error,
    elapsed_time: 0,
    total_tokens: 0,
    total_steps: 0,
    created_by: {},
    created_at: seconds(at),
    finished_at: seconds(at),
    exceptions_count: 1,
    files: [],
  }
}

export function node(run: SandboxRun, index: number, title: string, type: string): string {
  return nodeStarted(run, index, title, type) + nodeFinished(run, index, title, type)
}

export function nodeStarted(run: SandboxRun, index: number, title: string, type: string): string {
  return event(run, 'node_started', {
    ...nodeFacts(run, index, title, type),
    inputs: null,
    inputs_truncated: false,
    created_at: seconds(run.startedAt),
    extras: {},
    agent_strategy: null,
  })
}

export function nodeFinished(run: SandboxRun, index: number, title: string, type: string): string {
  return event(run, 'node_finished', {
    ...nodeFacts(run, index, title, type),
    ...nodeEnd(run, index, type),
    inputs_truncated: false,
    process_data_truncated: false,
    outputs_truncated: false,
  })
}

/** The result of a node. */
function nodeEnd(run: SandboxRun, index: number, type: string) {
  const isModel = type === 'llm'
  const isBad = isModel && run.status === 'failed'
  const isPartial = isModel && run.status === 'partial-succeeded'
  const cost = { total_tokens: run.tokens, total_price: run.price, currency: run.currency }
  const isPaid = isModel && run.tokens > 0
  return {
    inputs: index === 1 ? run.inputs : {},
    process_data: {},
    outputs: isModel && !isBad ? { text: run.work.text } : {},
    status: isBad ? 'failed' : isPartial ? 'exception' : 'succeeded',
    error: isBad ? run.error : isPartial ? (run.fault.error ?? PARTIAL) : null,
    elapsed_time: isModel ? run.seconds : 0,
    execution_metadata: isPaid ? { ...cost, ...(isPartial && { error_strategy: 'default-value' }) } : null,
    created_at: seconds(run.startedAt),
    finished_at: seconds(Date.now()),
    files: type === 'end' ? filesIn(run.outputs) : [],
  }
}

/** The files among the outputs, also the ones in lists. */
function filesIn(outputs: Record<string, unknown>): unknown[] {
  return Object.values(outputs).flat().filter(isFile)
}

function isFile(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'dify_model_identity' in value
}

const PARTIAL = 'Node “Writer” used its default value.'

function nodeFacts(run: SandboxRun, index: number, title: string, type: string) {
  return {
    id: `${run.id}-${index}`,
    node_id: `node_${index}`,
    node_type: type,
    title,
    index,
    predecessor_node_id: index === 1 ? null : `node_${index - 1}`,
    iteration_id: null,
    loop_id: null,
  }
}

/** The events up to a pause, as in the snapshot for a client that joins a paused run: with the task's own id. */
export function startedSnapshot(run: SandboxRun): string {
  const form = run.forms.at(-1)
  const [first, last] = [
    nodeFacts(run, 1, 'Start', 'start'),
    nodeFacts(run, 2, form?.question.title ?? '', 'human-input'),
  ]
  const began = { inputs: null, created_at: seconds(run.startedAt), extras: {} }
  const ended = {
    inputs: null,
    process_data: null,
    outputs: null,
    error: null,
    elapsed_time: 0,
    execution_metadata: null,
    created_at: seconds(run.startedAt),
    finished_at: seconds(run.startedAt),
    files: [],
  }
  return (
    event(run, 'workflow_started', startOf(run)) +
    event(run, 'node_started', { ...first, ...began }) +
    event(run, 'node_finished', { ...first, ...ended, status: 'succeeded' }) +
    event(run, 'node_started', { ...last, ...began }) +
    event(run, 'node_finished', { ...last, ...ended, status: 'paused' })
  )
}

/** The events so far, as in the snapshot for a client that joins a run: shorter, and with another task id. */
export function snapshot(run: SandboxRun): string {
  const started = (index: number, title: string, type: string) => ({
    ...nodeFacts(run, index, title, type),
    inputs: null,
    created_at: seconds(run.startedAt),
    extras: {},
  })
  return (
    laterEvent(run, 'workflow_started', startOf(run)) +
    laterEvent(run, 'node_started', started(1, 'Start', 'start')) +
    laterEvent(run, 'node_finished', {
      ...nodeFacts(run, 1, 'Start', 'start'),
      ...nodeEnd(run, 1, 'start'),
    }) +
    laterEvent(run, 'node_started', started(2, 'Writer', 'llm'))
  )
}

/** The answer's text in pieces, in the events of this kind of app. */
export function words(run: SandboxRun): string[] {
  const texts = pieces(run.work.text)
  if (run.app.mode === 'workflow') {
    const from_variable_selector = ['node_2', 'text']
    return texts.map((text) => event(run, 'text_chunk', { text, from_variable_selector }))
  }
  return texts.map((text) => message(run, isAgent(run) ? 'agent_message' : 'message', text))
}

export function message(run: SandboxRun, name: string, answer: string): string {
  const ids = { ...messageIds(run), task_id: run.taskId, id: run.messageId }
  const from = run.hasRuns ? ['node_2', 'text'] : []
  return line({ event: name, ...ids, answer, ...(!isAgent(run) && { from_variable_selector: from }) })
}

/** What an agent sends before it answers: here, that it uses no tool. */
export function thought(run: SandboxRun): string {
  return line({
    event: 'agent_thought',
    id: run.id,
    task_id: run.taskId,
    ...messageIds(run),
    position: 1,
    thought: 'No tool is needed.',
    observation: '',
    tool: '',
    tool_labels: {},
    tool_input: '',
    message_files: [],
  })
}

export function isAgent({ app: { mode } }: SandboxRun): boolean {
  return mode === 'agent-chat' || mode === 'agent'
}

function pieces(text: string): string[] {
  const points = Array.from(text)
  const size = Math.max(1, Math.ceil(points.length / PIECES))
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).join(''),
  )
}

/** The end of an answer. If the answer was cut, its usage is all zeros. */
export function messageEnd(run: SandboxRun): string {
  const metadata = {
    ...(run.hasRuns && { annotation_reply: null }),
    retriever_resources: [],
    usage: usage(run, run.hasRuns),
    reasoning: {},
  }
  const ids = { ...messageIds(run), task_id: run.taskId, id: run.messageId }
  return line({ event: 'message_end', ...ids, metadata, files: [] })
}
