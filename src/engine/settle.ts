import type { RunForm } from './form.ts'
import type { Outcome } from './outcome.ts'
import type { Usage } from './run.ts'
import { say, type Sentence } from './sentence.ts'
import { type Timing, backoffMs } from './timing.ts'
import type { Execution, Outputs } from './task.ts'

/** What is stored of an execution when its attempt is over. */
export type Settlement =
  | { status: 'succeeded'; outputs: Outputs; warning: Sentence | null; usage: Usage }
  /** `outputs`: what a run gave that lacks an output that must be there; so below */
  | { status: 'failed'; error: Sentence; usage: Usage; outputs?: Outputs }
  /** its run waits for a person; it is asked for again at `availableAt`, on the monotonic clock */
  | {
      status: 'waiting'
      forms: RunForm[]
      availableAt: number
      error: Sentence
      usage: Usage
      /** of Dify, if its answer says */
      serverVersion?: string | undefined
    }
  | {
      status: 'pending'
      /** not claimed before this; on the monotonic clock */
      availableAt: number
      failures: number
      throttles: number
      /** since when every call was turned away; on the monotonic clock */
      turnedAwayAt: number | null
      /** the end of a run is not known: it is looked up before the next call */
      unresolved: boolean
      error: Sentence
      usage: Usage
      outputs?: Outputs
    }

export interface Policy {
  /** further attempts after a failed one */
  retries: number
  timing: Timing
  /** on the monotonic clock, like everything that is waited for */
  now: number
  /** 0 ≤ x < 1 */
  random: () => number
  /** the end of the attempt's run is not known: it is looked up before the row is called again */
  unresolved: boolean
  /** ms until that look-up: see AttemptResult */
  askAfterMs?: number | undefined
}

/** Decides what becomes of a claimed execution after its attempt. The whole retry policy is here. */
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
      return { ...failed(outcome.error), ...(outcome.incomplete && { outputs: outcome.incomplete }) }
    case 'throttled':
      // Not the row's fault, but not forever: the server may be unable to take this very row. While the server itself is
      // in trouble, that says nothing about the row, however long it lasts (circuit.ts).
      if (!outcome.inTrouble && turnedAwayAt !== null && now - turnedAwayAt >= timing.turnedAwayMs)
        return failed(outcome.error)
      // If the server asks for a longer wait, the task stops (breaker.ts). Once resumed, the row must not wait that long.
      return again(Math.min(outcome.retryAfterMs ?? hold(), timing.giveUpAfterMs), turnedAway())
    case 'lost':
      return again(askAfterMs ?? hold(), turnedAway())
    case 'halted':
      return again(hold(), { throttles: throttles + 1, turnedAwayAt })
    case 'waiting': {
      const { forms, serverVersion } = outcome
      const availableAt = Math.round(now + timing.pausedLookMs)
      return { status: 'waiting', forms, availableAt, error: waitsFor(forms), usage, serverVersion }
    }
  }

  function failed(error: Sentence): Settlement {
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

/** What a result says of a row that waits. */
function waitsFor(forms: RunForm[]): Sentence {
  const titles = [...new Set(forms.map(({ nodeTitle }) => nodeTitle))]
  return titles.length === 0 ? say('waits-at-dify') : say('waits-for-answer', { titles })
}
