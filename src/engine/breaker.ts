import { durationText } from './duration.ts'
import type { Outcome } from './outcome.ts'

/** Why a task cannot go on, and what to do about it: two sentences. */
export interface Halt {
  error: string
  hint: string
}

export const HALTS_IN_A_ROW = 3

/**
 * Watches the outcomes of one running task and says when no further row should be tried. A server in trouble is none of
 * that: then rows wait (circuit.ts).
 */
export class Breaker {
  #halts = 0

  /** @param longestWaitMs a task whose server asks to wait so long or longer stops */
  constructor(private readonly longestWaitMs: number) {}

  record(outcome: Outcome): Halt | undefined {
    switch (outcome.kind) {
      case 'halted':
        this.#halts++
        return outcome.sure || this.#halts >= HALTS_IN_A_ROW ? outcome : undefined
      case 'throttled':
        return (outcome.retryAfterMs ?? 0) >= this.longestWaitMs ? askedToWait(outcome) : undefined
      case 'lost':
        return undefined
      case 'succeeded':
      case 'failed':
      case 'rejected':
        this.#halts = 0
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
