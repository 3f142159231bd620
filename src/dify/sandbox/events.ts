import { chatIds, seconds } from './run-facts.ts'
import type { SandboxRun } from './run.ts'

const PIECES = 3

export function event(run: SandboxRun, name: string, data: unknown): string {
  const chat = run.app.mode === 'workflow' ? undefined : chatIds(run)
  return line({ event: name, task_id: run.taskId, workflow_run_id: run.id, ...chat, data })
}

export function line(body: unknown): string {
  return `data: ${JSON.stringify(body)}\n\n`
}

export function node(run: SandboxRun, index: number, title: string, type: string): string {
  return nodeStarted(run, index, title, type) + nodeFinished(run, index, title, type)
}

export function nodeStarted(run: SandboxRun, index: number, title: string, type: string): string {
  return event(run, 'node_started', nodeFacts(run, index, title, type))
}

export function nodeFinished(run: SandboxRun, index: number, title: string, type: string): string {
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

export function textChunks(run: SandboxRun): string[] {
  return pieces(run.work.text).map((text) =>
    event(run, 'text_chunk', { text, from_variable_selector: ['node_2', 'text'] }),
  )
}

export function messages(run: SandboxRun): string[] {
  return pieces(run.work.text).map((answer) =>
    line({ event: 'message', task_id: run.taskId, id: run.id, ...chatIds(run), answer }),
  )
}

function pieces(text: string): string[] {
  const points = Array.from(text)
  const size = Math.max(1, Math.ceil(points.length / PIECES))
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    points.slice(index * size, (index + 1) * size).join(''),
  )
}
