import type { RunForm } from '../../engine/form.ts'
import type { Outcome } from '../../engine/outcome.ts'
import { say } from '../../engine/sentence.ts'
import type { RunIds, Usage } from '../../engine/run.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { KINDS } from '../apps/kinds.ts'
import { ErrorEvent, MessageEnd, NodeEnd, RunEnd, RunPause, RunStart } from '../client/answers.ts'
import type { DifyEvent } from '../client/events.ts'
import { outcomeOfMadeUpFailure } from '../failure.ts'
import { outcomeOfRefusal } from '../outcome.ts'
import { AnswerText } from './answer-text.ts'
import { cutAnswer } from './cut-answer.ts'
import { formOf, formsOfPause, NO_SECRETS, type TokenSecrets } from './forms.ts'
import { resultOfRun } from './run-status.ts'
import { AppMemory } from './app-memory.ts'
import { Steps } from './steps.ts'
import { Bill, usageOf } from './usage.ts'

/** Reads the events of one run until one of them is its end. Uses no network and no clock. */
export class RunReader {
  /** ids from any event so far: a server may lose `workflow_started` */
  readonly ids: RunIds = {}
  /** a worker has taken the run; pings do not show that, nor does the first event of a failure that Dify invents */
  started = false
  /** of Dify, as its answer says */
  serverVersion: string | undefined
  #started = false
  #answered = false
  #messageUsage: Usage = {}
  readonly #answer = new AnswerText()
  /** nodes that have ended: a stream that is joined may report one in its snapshot and once more */
  readonly #nodes = new Set<string>()
  readonly #failedSteps: string[] = []
  #lastFailure = ''
  readonly #bill = new Bill()
  readonly #steps = new Steps()
  /** what it has asked a person so far, by Dify's ids */
  readonly #forms = new Map<string, RunForm>()

  constructor(
    readonly mode: AppMode,
    readonly memory = new AppMemory(),
    private readonly secrets: Pick<TokenSecrets, 'seal'> = NO_SECRETS,
  ) {}

  /** tokens and price of an answer that comes in pieces */
  get answerChars(): number {
    return this.#answer.chars
  }

  /** @returns the outcome when this event ends the run */
  take(event: DifyEvent): Outcome | undefined {
    if (this.#isOfAnotherRun(event)) return this.#ofAnotherRun(event)
    this.#note(event)
    switch (event.event) {
      case 'node_finished':
        return this.#nodeFinished(event.data)
      case 'message_end':
        return this.#messageEnd(event.raw)
      case 'workflow_finished':
        return this.#workflowFinished(event.data)
      case 'human_input_required':
        return this.#asks(event.data)
      case 'workflow_paused':
        return this.#paused(event.data)
      case 'error':
        return this.#error(event.raw)
      default:
        this.#answer.take(event.event, event.raw)
        return undefined
    }
  }

  /**
   * The stream has ended without an event that ends a run. That is correct when a chatflow answered from its
   * annotations, or its moderation answered: no run was started then.
   */
  end(): Outcome {
    if (this.mode === 'advanced-chat' && this.#answered && !this.#started) {
      return this.#wholeAnswer()
    }
    return { kind: 'lost', error: say('stream-closed-early') }
  }

  /** A workflow may run other workflows as tools: the end of one of those is not the end of ours. */
  #isOfAnotherRun({ workflow_run_id }: DifyEvent): boolean {
    const own = this.ids.workflowRunId
    return Boolean(own && workflow_run_id && workflow_run_id !== own)
  }

  /** But a failure that Dify invents for a call may have an id that no run has. */
  #ofAnotherRun({ event, data }: DifyEvent): Outcome | undefined {
    return event === 'workflow_finished' && !this.#started ? madeUp(data) : undefined
  }

  #note({ event, workflow_run_id, task_id, message_id, data }: DifyEvent): void {
    if (event === 'workflow_started' || event === 'workflow_finished') {
      const version = RunStart.safeParse(data).data?.workflow_id
      if (version) this.ids.workflowVersion ??= version
    }
    if (workflow_run_id) {
      this.#started = true
      this.ids.workflowRunId ??= workflow_run_id
    }
    if (message_id) this.ids.messageId ??= message_id
    // In a snapshot and an invented event, the task id is the run's own id, which cannot be used for a stop. The task
    // id
    // changes when the run moves to another worker.
    const isTask = Boolean(task_id) && task_id !== workflow_run_id
    if (isTask && task_id) this.ids.difyTaskId = task_id
    if (event !== 'error' && (isTask || (workflow_run_id && event.startsWith('node_')))) this.started = true
  }

  #asks(data: unknown): undefined {
    const form = formOf(data, this.secrets)
    if (form) this.#forms.set(form.formId, form)
  }

  /** The reasons of the pause are what it waits for now; an older form may be answered. */
  #paused(data: unknown): Outcome {
    const forms = formsOfPause(data, this.secrets)
    const tokens = RunPause.safeParse(data).data?.total_tokens
    return {
      kind: 'waiting',
      forms: forms.length > 0 ? forms : [...this.#forms.values()],
      usage: { ...this.#spent, ...(tokens && usageOf({ tokens })) },
      ...(this.serverVersion !== undefined && { serverVersion: this.serverVersion }),
    }
  }

  #nodeFinished(data: unknown): undefined {
    const node = NodeEnd.safeParse(data).data
    if (!node || (node.id && this.#nodes.has(node.id))) return
    if (node.id) this.#nodes.add(node.id)
    const cost = node.execution_metadata
    if (cost) this.#bill.add(node.node_type, cost.total_price, cost.currency)
    this.#steps.add(node)
    if (node.status !== 'failed' && node.status !== 'exception') return
    if (node.title) this.#failedSteps.push(node.title)
    if (node.error) this.#lastFailure = node.error
  }

  /** What its nodes have cost so far, and which they were. */
  get #spent(): Usage {
    return { ...this.#bill.total, ...this.#steps.taken }
  }

  /** The end of an answer. In a chatflow the run goes on: `workflow_finished` follows. */
  #messageEnd(raw: unknown): Outcome | undefined {
    const end = MessageEnd.safeParse(raw).data
    const usage = end?.metadata?.usage
    this.#answer.add(end?.files ?? [])
    this.#messageUsage = usageOf({
      seconds: usage?.latency,
      tokens: usage?.total_tokens,
      price: usage?.total_price,
      currency: usage?.currency,
    })
    this.#answered = true
    if (KINDS[this.mode].hasRuns) return undefined
    const noModel = Boolean(end?.metadata?.annotation_reply) || this.#answer.replaced
    return noModel ? this.#wholeAnswer() : this.#answerOfModel(usage?.total_tokens ?? undefined)
  }

  #answerOfModel(tokens: number | undefined): Outcome {
    if (!tokens && this.memory.wasStopped(this.ids.difyTaskId)) {
      return cutAnswer(this.#answer.text, this.#messageUsage, true)
    }
    this.memory.heard(tokens)
    return this.memory.believes(tokens)
      ? this.#wholeAnswer()
      : cutAnswer(this.#answer.text, this.#messageUsage, this.memory.tokensUsual)
  }

  #wholeAnswer(): Outcome {
    return { kind: 'succeeded', outputs: this.#answer.outputs, usage: this.#messageUsage }
  }

  #workflowFinished(data: unknown): Outcome {
    const unbelieved = madeUp(data)
    if (unbelieved) return unbelieved
    const end = RunEnd.safeParse(data)
    if (!end.success) return unreadable()
    const { status, outputs, error, elapsed_time, total_tokens } = end.data
    if (status === 'paused') return this.#paused(data)
    if (status === 'succeeded') this.memory.succeeded(total_tokens ?? undefined)
    return settled(
      resultOfRun({
        status,
        outputs: this.mode === 'advanced-chat' && status !== 'stopped' ? this.#withAnswer(outputs) : outputs,
        error: error || (status === 'failed' ? this.#lastFailure : error),
        failedSteps: this.#failedSteps,
        isOver: true,
        usage: {
          ...this.#messageUsage,
          ...this.#spent,
          ...usageOf({ seconds: elapsed_time, tokens: total_tokens }),
        },
      }),
    )
  }

  /** The run's own answer is better than the collected pieces, since one may be lost; but moderation overrides both. */
  #withAnswer(outputs: Record<string, unknown>): Record<string, unknown> {
    const own = outputs['answer']
    const answer = typeof own === 'string' && !this.#answer.replaced ? own : this.#answer.text
    return { ...outputs, answer }
  }

  #error(raw: unknown): Outcome {
    const event = ErrorEvent.safeParse(raw)
    if (!event.success) return unreadable()
    const { status, code, message } = event.data
    const refusal = { status, code: code ?? undefined, text: message, inStream: true } as const
    const isOver = this.#started || !KINDS[this.mode].hasRuns
    const outcome = outcomeOfRefusal(refusal, isOver ? this.#spent : undefined)
    if (!this.#started) return outcome
    // A run that has started was not refused, whatever the event says: it may cost money.
    if (outcome.kind === 'throttled' && outcome.by !== 'provider')
      return { kind: 'lost', error: outcome.error }
    // Its inputs were not wrong either: they are checked before. Dify reports any ValueError of a run as
    // `invalid_param`.
    if (outcome.kind === 'rejected' && code === 'invalid_param') {
      return { kind: 'failed', error: outcome.error, usage: this.#spent }
    }
    return outcome
  }
}

/** A failure with no step and no elapsed time is invented by Dify: a real run takes some time before it fails. */
function madeUp(data: unknown): Outcome | undefined {
  const end = RunEnd.safeParse(data).data
  if (end?.status !== 'failed' || end.total_steps !== 0 || end.elapsed_time !== 0) return undefined
  return outcomeOfMadeUpFailure(end.error ?? '')
}

/** The last event of a stream cannot say “running”. If it does, the run has to be looked up. */
function settled(result: ReturnType<typeof resultOfRun>): Outcome {
  if (result.kind === 'running' || result.kind === 'unknown') {
    return { kind: 'lost', error: say('stream-ended-not-over') }
  }
  return result
}

/** The run is over all the same: if Dify does not have it either, there is nothing left to wait for. */
function unreadable(): Outcome {
  const error = say('unreadable-end')
  return { kind: 'lost', error, ifUnknown: { kind: 'failed', error } }
}
