import type { Outcome, Usage } from './outcome.ts'
import { type Pace, backoffMs } from './pace.ts'
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
  pace: Pace
  now: number
  /** 0 ≤ x < 1 */
  random: () => number
  /** what became of the attempt's run is not known: it is asked again before the row is called again */
  open: boolean
  /** asked again after so long, and not before: see Attempted */
  askAfterMs?: number | undefined
}

/** What becomes of a claimed execution after its attempt. The whole retry policy is here. */
export function settle(
  { failures, throttles }: Pick<Execution, 'failures' | 'throttles'>,
  outcome: Outcome,
  { retries, pace, now, random, open, askAfterMs }: Policy,
): Settlement {
  const usage = ('usage' in outcome && outcome.usage) || {}
  switch (outcome.kind) {
    case 'succeeded':
      return { status: 'succeeded', outputs: outcome.outputs, warning: outcome.warning ?? null, usage }
    case 'rejected':
      return { status: 'failed', error: outcome.error, usage }
    case 'failed':
      // Not even the last failure is final while its run may still turn up.
      if (failures >= retries && !open) return { status: 'failed', error: outcome.error, usage }
      return again(askAfterMs ?? backoffMs(pace.retryBaseMs, pace.retryMaxMs, failures, random), {
        failures: failures + 1,
      })
    case 'throttled':
      return again(outcome.retryAfterMs ?? hold(), { throttles: throttles + 1 })
    case 'halted':
    case 'lost':
      return again(askAfterMs ?? hold(), { throttles: throttles + 1 })
  }

  function hold() {
    return backoffMs(pace.holdBaseMs, pace.holdMaxMs, throttles, random)
  }

  function again(afterMs: number, change: { failures?: number; throttles?: number }) {
    const error = 'error' in outcome ? outcome.error : ''
    return {
      status: 'pending' as const,
      availableAt: now + afterMs,
      failures,
      throttles,
      unresolved: open,
      error,
      usage,
      ...change,
    }
  }
}
