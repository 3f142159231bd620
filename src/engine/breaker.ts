import { durationText } from './duration.ts'
import type { Outcome } from './outcome.ts'

/** Why a task cannot go on, and what to do about it: two sentences. */
export interface Halt {
  error: string
  hint: string
}

export const HALTS_IN_A_ROW = 3

/** Watches the outcomes of one running task and says when no further row should be tried. */
export class Breaker {
  #halts = 0
  #through: number

  /** @param giveUpAfterMs how long every call may be turned away before the task stops */
  constructor(
    private readonly giveUpAfterMs: number,
    now: number,
  ) {
    this.#through = now
  }

  record(outcome: Outcome, now: number): Halt | undefined {
    switch (outcome.kind) {
      case 'halted':
        this.#halts++
        return outcome.sure || this.#halts >= HALTS_IN_A_ROW ? outcome : undefined
      case 'throttled':
        if ((outcome.retryAfterMs ?? 0) >= this.giveUpAfterMs) return askedToWait(outcome)
        return now - this.#through >= this.giveUpAfterMs ? givenUp(outcome, now - this.#through) : undefined
      case 'lost':
        return now - this.#through >= this.giveUpAfterMs ? givenUp(outcome, now - this.#through) : undefined
      case 'succeeded':
      case 'failed':
      case 'rejected':
        this.#halts = 0
        this.#through = now
        return undefined
    }
  }
}

function askedToWait({ error, retryAfterMs = 0 }: { error: string; retryAfterMs?: number }): Halt {
  return {
    error,
    hint: `Dify asks to wait ${durationText(retryAfterMs)}. Resume the task then; nothing is lost.`,
  }
}

function givenUp({ error }: { error: string }, ms: number): Halt {
  return {
    error: `For ${Math.round(ms / 60_000)} min no call has come through. The last answer: ${error}`,
    hint: 'Resume the task when Dify answers again; nothing is lost.',
  }
}
