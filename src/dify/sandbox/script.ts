import {
  endOf,
  event,
  isAgent,
  laterEvent,
  line,
  madeUpEnd,
  message,
  messageEnd,
  node,
  nodeFinished,
  nodeStarted,
  startedSnapshot,
  startOf,
  thought,
  words,
} from './events.ts'
import { facts, messageIds } from './run-facts.ts'
import type { SandboxRun } from './run.ts'

/** The events of a run's stream, in the order of a real server. */
export interface Script {
  started: string
  middle: string
  /** the rest of the text, the last nodes, and for a chatflow the end of the answer */
  closing: string
  /** the event that ends the run */
  end: string
}

export const PING = 'event: ping\n\n'

/** The events before the end; they are known when the run begins. */
export function opening(run: SandboxRun): Pick<Script, 'started' | 'middle'> {
  // A run that fails or waits for a person has not written any text before that.
  const isWordless = run.fault.end === 'failed' || (run.fault.end === 'paused' && !run.app.questions)
  const first = isWordless ? '' : words(run).slice(0, -1).join('')
  if (!run.hasRuns) return { started: (isAgent(run) ? thought(run) : '') + first, middle: '' }
  return {
    started: event(run, 'workflow_started', startOf(run)),
    middle: node(run, 1, 'Start', 'start') + nodeStarted(run, 2, 'Writer', 'llm') + first,
  }
}

/** The events at the end; they are known when the run is over. */
export function ending(run: SandboxRun): Pick<Script, 'closing' | 'end'> {
  const rest = run.isGood ? (words(run).at(-1) ?? '') : ''
  if (!run.hasRuns) {
    const whole = run.app.mode === 'agent' && run.isGood ? message(run, 'message', run.work.text) : ''
    return { closing: rest + whole, end: run.status === 'failed' ? errorEvent(run) : messageEnd(run) }
  }
  if (run.status === 'paused') {
    const asks = run.app.questions ? nodeStarted(run, 3, titleOf(run), 'human-input') : ''
    const wrote = run.app.questions && run.forms.length === 1 ? nodeFinished(run, 2, 'Writer', 'llm') : ''
    return { closing: wrote + asks, end: pausing(run) }
  }
  if (run.isResumed) {
    const answered = run.isGood ? nodeFinished(run, 3, titleOf(run), 'human-input') : ''
    const closing =
      answered +
      (run.isGood ? node(run, 4, 'End', 'end') : '') +
      (run.isGood && run.isChat ? messageEnd(run) : '')
    return { closing, end: event(run, 'workflow_finished', endOf(run)) }
  }
  const writer = run.status === 'stopped' ? '' : nodeFinished(run, 2, 'Writer', 'llm')
  const last = run.isGood ? node(run, 3, 'End', 'end') + (run.isChat ? messageEnd(run) : '') : ''
  return { closing: rest + writer + last, end: event(run, 'workflow_finished', endOf(run)) }
}

/**
 * Nothing was run: run and task have the same id, and a look-up finds neither.
 * @param version of the published workflow, which is named all the same
 */
export function madeUpFailure(inputs: Record<string, unknown>, error: string, version: string): string {
  const run = { id: crypto.randomUUID(), version }
  const end = madeUpEnd(run, error, Date.now())
  const { id, workflow_id, created_at } = end
  const start = { id, workflow_id, inputs, created_at, reason: 'initial' }
  return laterEvent(run, 'workflow_started', start) + laterEvent(run, 'workflow_finished', end)
}

/** The stream broke inside Dify, while the run goes on. */
export function madeUpEnding(run: SandboxRun): string {
  return laterEvent(run, 'workflow_finished', madeUpEnd(run, run.fault.error ?? '', Date.now()))
}

/** All that a client gets when it joins a run after its end. */
export function laterEnding(run: SandboxRun): string {
  return laterEvent(run, 'workflow_finished', endOf(run))
}

/** The same of a run that waits for a person: what has happened, if asked for, and what it asks. */
export function pausedSnapshot(run: SandboxRun, withSnapshot: boolean): string {
  return PING + (withSnapshot ? startedSnapshot(run) : '') + pausing(run)
}

/** The first events after a person has answered. */
export function resumption(run: SandboxRun): string {
  const start = { ...startOf(run), reason: 'resumption' }
  return event(run, 'workflow_started', start) + nodeStarted(run, 3, titleOf(run), 'human-input')
}

function titleOf({ forms }: SandboxRun): string {
  return forms.at(-1)?.question.title ?? ''
}

function errorEvent(run: SandboxRun): string {
  const { error: message, fault } = run
  const code = fault.errorCode ?? 'completion_request_error'
  return line({ event: 'error', ...messageIds(run), code, status: fault.errorStatus ?? 400, message })
}

/** What a paused run waits for: the answer of a person. */
export function pauseOf(run: SandboxRun) {
  const form = run.forms.at(-1)?.asked
  return {
    form,
    paused: {
      paused_nodes: form ? [form.node_id] : [],
      reasons: form ? [{ TYPE: 'human_input_required', ...form }] : [],
    },
  }
}

function pausing(run: SandboxRun): string {
  const { form, paused } = pauseOf(run)
  const { error: _, finished_at: __, ...soFar } = facts(run)
  return (
    event(run, 'human_input_required', { ...form, display_in_ui: true }) +
    event(run, 'workflow_paused', { workflow_run_id: run.id, ...soFar, ...paused })
  )
}
