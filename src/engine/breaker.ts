import type { Outcome } from './outcome.ts'
import { say, type Sentence } from './sentence.ts'

/** Why a task cannot continue (`error`), and what to do about it (`hint`): one sentence each. */
export interface Halt {
  error: Sentence
  hint: Sentence
}

export const HALTS_IN_A_ROW = 3

/**
 * Watches the outcomes of one running task and decides when no further row should be tried. A server in trouble is not
 * its concern: then rows wait (circuit.ts).
 */
export class Breaker {
  #halts = 0

  /** @param longestWaitMs if the server asks for a wait of this length or more, the task stops */
  constructor(private readonly longestWaitMs: number) {}

  /** @returns why the task must stop, or undefined if it may continue */
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
      case 'waiting':
        this.#halts = 0
        return undefined
    }
  }
}

function askedToWait({ error, retryAfterMs = 0 }: { error: Sentence; retryAfterMs?: number }): Halt {
  return {
    error,
    hint: say('do-wait', { ms: retryAfterMs }),
  }
}
