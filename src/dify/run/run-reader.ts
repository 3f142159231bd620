import type { Outcome, RunIds, Usage } from '../../engine/outcome.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { ErrorEvent, MessageChunk, MessageEnd, NodeEnd, RunEnd } from '../client/answers.ts'
import type { DifyEvent } from '../client/events.ts'
import { outcomeOfRefusal } from '../outcome.ts'
import { resultOfRun } from './run-status.ts'
import { Bill, usageOf } from './usage.ts'

/** Follows the events of one run until one of them tells its end. Knows no network and no clock. */
export class RunReader {
  /** what events told so far, from whichever had it: a server may lose `workflow_started` */
  readonly ids: RunIds = {}
  #started = false
  #answer = ''
  #replaced = false
  #answered = false
  #messageUsage: Usage = {}
  readonly #bill = new Bill()

  constructor(readonly mode: AppMode) {}

  /** of the answer that is gathered from its pieces */
  get answerChars(): number {
    return this.#answer.length
  }

  /** @returns the outcome where this event is the run's last */
  take(event: DifyEvent): Outcome | undefined {
    this.#noteIds(event)
    switch (event.event) {
      case 'node_finished':
        return this.#nodeFinished(event.data)
      case 'message':
        return this.#message(event.raw)
      case 'message_replace':
        return this.#messageReplace(event.raw)
      case 'message_end':
        return this.#messageEnd(event.raw)
      case 'workflow_finished':
        return this.#workflowFinished(event.data)
      case 'workflow_paused':
        return settled(resultOfRun({ status: 'paused', outputs: {}, usage: this.#bill.total }))
      case 'error':
        return this.#error(event.raw)
      default:
        return undefined
    }
  }

  /**
   * The stream has ended without an event that ends a run. That is as it should be where a chatflow answered from its
   * annotations or its moderation did: then no run was begun.
   */
  end(): Outcome {
    if (this.mode === 'advanced-chat' && this.#answered && !this.#started) return this.#answerAlone()
    return { kind: 'lost', error: 'Dify closed the stream before the run had ended.' }
  }

  #noteIds(event: DifyEvent): void {
    if (event.workflow_run_id) {
      this.#started = true
      this.ids.workflowRunId ??= event.workflow_run_id
    }
    if (event.task_id) this.ids.difyTaskId ??= event.task_id
  }

  #nodeFinished(data: unknown): undefined {
    const node = NodeEnd.safeParse(data)
    const cost = node.data?.execution_metadata
    if (cost) this.#bill.add(node.data?.node_type, cost.total_price, cost.currency)
  }

  #message(raw: unknown): undefined {
    const chunk = MessageChunk.safeParse(raw)
    if (chunk.success) this.#answer += chunk.data.answer
  }

  /** Moderation puts another answer in the place of what was said so far. */
  #messageReplace(raw: unknown): undefined {
    const chunk = MessageChunk.safeParse(raw)
    if (!chunk.success) return
    this.#answer = chunk.data.answer
    this.#replaced = true
  }

  /** The end of a completion. In a chatflow only the answer is complete: `workflow_finished` follows. */
  #messageEnd(raw: unknown): Outcome | undefined {
    const usage = MessageEnd.safeParse(raw).data?.metadata?.usage
    this.#messageUsage = usageOf({
      seconds: usage?.latency,
      tokens: usage?.total_tokens,
      price: usage?.total_price,
      currency: usage?.currency,
    })
    this.#answered = true
    return this.mode === 'completion' ? this.#answerAlone() : undefined
  }

  #answerAlone(): Outcome {
    return { kind: 'succeeded', outputs: { answer: this.#answer }, usage: this.#messageUsage }
  }

  #workflowFinished(data: unknown): Outcome {
    const end = RunEnd.safeParse(data)
    if (!end.success) return unreadable()
    const { status, outputs, error, elapsed_time, total_tokens } = end.data
    return settled(
      resultOfRun({
        status,
        outputs: this.mode === 'advanced-chat' ? this.#withAnswer(outputs) : outputs,
        error,
        usage: {
          ...this.#messageUsage,
          ...this.#bill.total,
          ...usageOf({ seconds: elapsed_time, tokens: total_tokens }),
        },
      }),
    )
  }

  /** The run's own answer goes before the pieces, of which the stream may have lost one; but not before moderation. */
  #withAnswer(outputs: Record<string, unknown>): Record<string, unknown> {
    const own = outputs['answer']
    const answer = typeof own === 'string' && !this.#replaced ? own : this.#answer
    return { ...outputs, answer }
  }

  #error(raw: unknown): Outcome {
    const event = ErrorEvent.safeParse(raw)
    if (!event.success) return unreadable()
    const { status, code, message } = event.data
    const outcome = outcomeOfRefusal({ status, code: code ?? undefined, text: message })
    if (!this.#started) return outcome
    // A run that has begun was not turned away: whatever the event says, it may be paid for.
    if (outcome.kind === 'throttled') return { kind: 'lost', error: outcome.error }
    // Nor were its inputs wrong: they are checked before. Dify calls any ValueError on the way `invalid_param`.
    if (outcome.kind === 'rejected') return { kind: 'failed', error: outcome.error, usage: this.#bill.total }
    return outcome
  }
}

/** A stream's last event cannot leave the run going on; if it says so, only asking helps. */
function settled(result: ReturnType<typeof resultOfRun>): Outcome {
  if (result.kind === 'running' || result.kind === 'unknown') {
    return { kind: 'lost', error: 'Dify ended the stream of a run that it says is not over.' }
  }
  return result
}

function unreadable(): Outcome {
  return { kind: 'lost', error: 'Dify told the end of the run in a way that Rowbot cannot read.' }
}
