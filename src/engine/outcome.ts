import type { Inputs, Outputs } from './task.ts'
import type { Variable } from './workflow.ts'

/**
 * What one attempt came to. Network and Dify faults are turned into outcomes in dify/outcome.ts; only bugs throw.
 * `error` is a sentence for people.
 */
export type Outcome =
  | { kind: 'succeeded'; outputs: Outputs; warning?: string; usage: Usage }
  /** worth another attempt. `stopped`: somebody stopped the run, which says nothing about the row */
  | { kind: 'failed'; error: string; usage?: Usage; stopped?: true }
  /** this row never: another attempt would end the same */
  | { kind: 'rejected'; error: string; usage?: Usage }
  /** not this row's fault and nothing was run: costs no attempt. `slow` asks for fewer calls at once. */
  | { kind: 'throttled'; error: string; retryAfterMs?: number; slow: boolean }
  /** the connection is gone, the run may go on: ask Dify what became of it before anything else */
  | { kind: 'lost'; error: string }
  /** the whole task cannot go on until `hint` is done. Not `sure`: only when three rows in a row say so. */
  | { kind: 'halted'; error: string; hint: string; sure: boolean }

/** What a look-up of a run says. `unknown`: Dify has no such run. A `lost` outcome: Dify could not be asked. */
export type Fate = Outcome | { kind: 'running' } | { kind: 'unknown' }

/** What one run took, as far as Dify tells. */
export interface Usage {
  seconds?: number
  tokens?: number
  price?: number
  currency?: string
}

/** What Dify calls a run. Known from the first event that has them. */
export interface RunIds {
  workflowRunId?: string
  difyTaskId?: string
}

export interface Call {
  inputs: Inputs
  variables: Variable[]
  /** unique to this attempt: by it a run is found again whose id we never learnt */
  user: string
  /** ends the call; what became of the run is then asked with `lookUp` */
  signal: AbortSignal
  /** called at once whenever an event tells an id that was not known yet */
  onIds(ids: RunIds): void
}

export interface RunRef extends RunIds {
  user: string
  /** when the attempt began, to narrow the search */
  attemptedAt: number
}

/**
 * With the ids of its run, as far as they are known: `onIds` is skipped for a run that begins and ends in one piece of
 * the stream, and a look-up by user finds an id that no event ever told.
 */
export type Traced<T> = T & { ids?: RunIds }

/** One Dify app, as the engine needs it. None of these throws but for a bug. */
export interface DifyApp {
  /** Starts a run and follows it to its end. An abort of `signal` gives `lost`. */
  run(call: Call): Promise<Traced<Outcome>>
  /** What became of a run. */
  lookUp(run: RunRef, signal: AbortSignal): Promise<Traced<Fate>>
  /** Asks Dify to stop a run. Dify says yes whatever happens: only `lookUp` tells. */
  stop(run: RunRef, signal: AbortSignal): Promise<void>
}
