import type { Outcome } from './outcome.ts'
import type { Usage } from './run.ts'
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
      /** since when, call after call; on the clock that never jumps */
      turnedAwayAt: number | null
      /** the end of a run is not known */
      unresolved: boolean
      error: string
      usage: Usage
    }

export interface Policy {
  retries: number
  timing: Timing
  /** on the clock that never jumps, as is everything that is waited for */
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
  { failures, throttles, turnedAwayAt }: Pick<Execution, 'failures' | 'throttles' | 'turnedAwayAt'>,
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
      return failed(outcome.error)
    case 'throttled':
      // Not the row's fault, but not for ever either: it may be this row that the server cannot take. A server that is ill
      // itself says nothing about the row, however long it is (circuit.ts).
      if (!outcome.inTrouble && turnedAwayAt !== null && now - turnedAwayAt >= timing.turnedAwayMs)
        return failed(outcome.error)
      // No longer than the task waits before it gives up: once resumed, it tries again.
      return again(Math.min(outcome.retryAfterMs ?? hold(), timing.giveUpAfterMs), turnedAway())
    case 'lost':
      return again(askAfterMs ?? hold(), turnedAway())
    case 'halted':
      return again(hold(), { throttles: throttles + 1, turnedAwayAt })
  }

  function failed(error: string): Settlement {
    if (failures >= retries) return { status: 'failed', error, usage }
    const waitMs = backoffMs(timing.retryBaseMs, timing.retryMaxMs, failures, random)
    return again(waitMs, { failures: failures + 1, turnedAwayAt: null })
  }

  function turnedAway() {
    return { throttles: throttles + 1, turnedAwayAt: turnedAwayAt ?? now }
  }

  function hold() {
    return backoffMs(timing.holdBaseMs, timing.holdMaxMs, throttles, random)
  }

  function again(
    afterMs: number,
    change: { failures?: number; throttles?: number; turnedAwayAt: number | null },
  ) {
    const error = 'error' in outcome ? outcome.error : ''
    return {
      status: 'pending' as const,
      availableAt: Math.round(now + afterMs),
      failures,
      throttles,
      unresolved,
      error,
      usage,
      ...change,
    }
  }
}
