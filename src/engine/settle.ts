import type { Outcome, Usage } from './outcome.ts'
import { type Timing, backoffMs } from './timing.ts'
import type { Execution, Outputs } from './task.ts'

/** What is written of an execution when its attempt is over. */
export type Settlement =
  | { status: 'succeeded'; outputs: Outputs; warning: string | null; usage: Usage }
  | { status: 'failed'; error: string; usage: Usage }
  | {
      status: 'pending'
      /** not claimed before this */
      availableAt: number
      failures: number
      throttles: number
      unresolved: boolean
      error: string
      usage: Usage
    }

export interface Policy {
  retries: number
  timing: Timing
  now: number
  /** 0 ≤ x < 1 */
  random: () => number
  /** what became of the attempt's run is not known: it is asked again before the row is called again */
  unresolved: boolean
  /** asked again after so long, and not before: see Attempted */
  askAfterMs?: number | undefined
}

/** What becomes of a claimed execution after its attempt. The whole retry policy is here. */
export function settle(
  { failures, throttles }: Pick<Execution, 'failures' | 'throttles'>,
  outcome: Outcome,
  { retries, timing, now, random, unresolved, askAfterMs }: Policy,
): Settlement {
  const usage = ('usage' in outcome && outcome.usage) || {}
  switch (outcome.kind) {
    case 'succeeded':
      return { status: 'succeeded', outputs: outcome.outputs, warning: outcome.warning ?? null, usage }
    case 'rejected':
      return { status: 'failed', error: outcome.error, usage }
    case 'failed':
      // Not even the last failure is final while its run may still turn up.
      if (failures >= retries && !unresolved) return { status: 'failed', error: outcome.error, usage }
      return again(askAfterMs ?? backoffMs(timing.retryBaseMs, timing.retryMaxMs, failures, random), {
        failures: failures + 1,
      })
    case 'throttled':
      // No longer than the task waits before it gives up: once resumed, it tries again.
      return again(Math.min(outcome.retryAfterMs ?? hold(), timing.giveUpAfterMs), {
        throttles: throttles + 1,
      })
    case 'halted':
    case 'lost':
      return again(askAfterMs ?? hold(), { throttles: throttles + 1 })
  }

  function hold() {
    return backoffMs(timing.holdBaseMs, timing.holdMaxMs, throttles, random)
  }

  function again(afterMs: number, change: { failures?: number; throttles?: number }) {
    const error = 'error' in outcome ? outcome.error : ''
    return {
      status: 'pending' as const,
      availableAt: now + afterMs,
      failures,
      throttles,
      unresolved,
      error,
      usage,
      ...change,
    }
  }
}
