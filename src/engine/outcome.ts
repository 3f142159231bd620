import type { RunIds, Usage } from './run.ts'
import type { Inputs, Outputs } from './task.ts'
import type { Variable } from './workflow.ts'

/**
 * What one attempt came to. Network and Dify faults are turned into outcomes in dify/outcome.ts; only bugs throw.
 * `error` is a sentence for people.
 */
export type Outcome =
  | { kind: 'succeeded'; outputs: Outputs; warning?: string; usage: Usage }
  /**
   * Worth another attempt. `stopped`: somebody stopped the run, which says nothing about the row; `outputs`: what it had
   * put out by then, should Dify have kept it.
   */
  | { kind: 'failed'; error: string; usage?: Usage; stopped?: true; outputs?: Outputs }
  /** this row never: another attempt would end the same */
  | { kind: 'rejected'; error: string; usage?: Usage }
  /**
   * Not this row's fault: costs no attempt. `slow` asks for fewer calls at once. `by` says whose limit it is: the app's
   * own, the model provider's (then a run was made, and may have a price), a proxy's; `server`: nothing was sent.
   */
  | {
      kind: 'throttled'
      error: string
      by?: 'app' | 'provider' | 'proxy' | 'server'
      retryAfterMs?: number
      slow: boolean
      usage?: Usage
      inTrouble?: true
    }
  /**
   * The end of the run is not known: ask Dify what became of it before anything else. `ifUnknown`: what it came to if
   * Dify has no such run (a failure that Dify made up and nothing ran). `inTrouble`: the server itself is ill.
   */
  | { kind: 'lost'; error: string; ifUnknown?: Outcome; inTrouble?: true }
  /**
   * The whole task cannot go on until `hint` is done. Not `sure`: only when three rows in a row say so. `ran`: a run was
   * made and ended with it, so that nothing of it is left to be asked for.
   */
  | { kind: 'halted'; error: string; hint: string; sure: boolean; ran?: true; usage?: Usage }

/**
 * What a look-up of a run says. `unknown`: Dify has no such run, as far as a server that is well can tell. A `lost`
 * outcome: Dify could not be asked, whatever the reason, also where it turned the look-up away. So a `throttled` one is
 * the end of the run itself, as is a `halted` one that `ran`.
 */
export type LookUpResult = Outcome | { kind: 'running' } | { kind: 'unknown' }

/** What the stream of a run tells besides its end, at once and each thing once. */
export interface RunProgress extends RunIds {
  /** Dify took the call (HTTP 200 and the first byte); the run may still wait in its queue */
  accepted?: true
  /** a worker runs it */
  started?: true
}

export interface Call {
  inputs: Inputs
  variables: Variable[]
  /** unique to this attempt: by it a run is found again whose id we never learnt */
  user: string
  /** ends the call; what became of the run is then asked with `lookUp` */
  signal: AbortSignal
  /** called at once whenever something is told that was not known yet */
  onProgress(progress: RunProgress): void
  /** called for every piece that comes, whatever is in it: as long as it is called, somebody is there */
  onActivity?(): void
}

export interface RunRef extends RunIds {
  /** of the attempt */
  user: string
  /** when the attempt began, to narrow the search */
  attemptedAt: number
}

/**
 * With the ids of its run, as far as they are known: `onProgress` is skipped for a run that begins and ends in one piece of
 * the stream, and a look-up by user finds an id that no event ever told.
 */
export type WithRunIds<T> = T & { ids?: RunIds }

/** One Dify app, as the engine needs it. None of these throws but for a bug. */
export interface DifyApp {
  /** false: nothing that this app ran can be found again (completion apps) */
  readonly canLookUp: boolean
  /** Starts a run and follows it to its end. An abort of `signal` gives `lost`. */
  run(call: Call): Promise<WithRunIds<Outcome>>
  /** What became of a run. */
  lookUp(run: RunRef, signal: AbortSignal): Promise<WithRunIds<LookUpResult>>
  /**
   * Joins the stream of a run that still goes on, for its progress, tokens and price. It may go deaf at any time, so
   * `lookUp` is asked beside it. Absent where the app has no such stream.
   */
  join?(run: RunRef, hooks: Pick<Call, 'signal' | 'onProgress' | 'onActivity'>): Promise<WithRunIds<Outcome>>
  /** Asks Dify to stop a run. Dify says yes whatever happens: only `lookUp` tells. */
  stop(run: RunRef, signal: AbortSignal): Promise<void>
}
