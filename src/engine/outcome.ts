import type { AnswerResult, RunForm, RunFormAnswer, FormState } from './form.ts'
import type { RunIds, Usage } from './run.ts'
import type { Sentence } from './sentence.ts'
import type { Inputs, Outputs } from './task.ts'
import type { Variable } from './workflow.ts'

/**
 * The result of one attempt. dify/outcome.ts turns every fault of the network and of Dify into an outcome; only bugs
 * throw. `error` is for people.
 */
export type Outcome =
  | { kind: 'succeeded'; outputs: Outputs; warning?: Sentence; usage: Usage }
  /**
   * Worth another attempt. `stopped`: somebody stopped the run, which is not the row's fault. `outputs`: what it had
   * produced by then, if Dify has kept it. `filesGone`: nothing was run, as Dify has lost what was uploaded for it.
   * `incomplete`: all that a run gave that went to its end without an output that must be there.
   */
  | {
      kind: 'failed'
      error: Sentence
      usage?: Usage
      stopped?: true
      filesGone?: true
      outputs?: Outputs
      incomplete?: Outputs
    }
  /** this row will never succeed: another attempt would end the same way */
  | { kind: 'rejected'; error: Sentence; usage?: Usage }
  /**
   * Not this row's fault, so it costs no attempt. `slow`: send fewer calls at once. `retryAfterMs`: how long the server
   * asks us to wait. `inTrouble`: the server itself is in trouble. `by`: whose limit it is:
   * - `app`: the app's own
   * - `provider`: the model provider's; then there was a run, and it may have a price
   * - `proxy`: that of a proxy in front of Dify
   * - `server`: no limit, but the server did not run the row to its end
   */
  | {
      kind: 'throttled'
      error: Sentence
      by?: 'app' | 'provider' | 'proxy' | 'server'
      retryAfterMs?: number
      slow: boolean
      usage?: Usage
      inTrouble?: true
    }
  /**
   * The end of the run is not known: look it up before anything else. `ifUnknown`: the outcome if Dify has no such run
   * (a failure that Dify reported although nothing ran). `inTrouble`: the server itself is in trouble.
   */
  | { kind: 'lost'; error: Sentence; ifUnknown?: Outcome; inTrouble?: true }
  /**
   * The whole task cannot continue until somebody does what `hint` says. If not `sure`, the task stops only after three
   * such rows in a row. `ran`: a run ended with this error, so there is nothing left to look up.
   */
  | { kind: 'halted'; error: Sentence; hint: Sentence; sure: boolean; ran?: true; usage?: Usage }
  /**
   * The run waits until a person answers. `forms`: what it asks; empty in a look-up, and if it is paused for another
   * reason. `usage`: what it has cost so far. `serverVersion`: of Dify, if its answer says.
   */
  | { kind: 'waiting'; forms: RunForm[]; usage?: Usage; serverVersion?: string }

/**
 * The answer to a look-up of a run. `unknown`: a server in good order says that it has no such run. `lost`: the look-up
 * itself failed, for whatever reason, throttling included. So `throttled` is always the end of the run itself, and so is
 * `halted` with `ran`.
 */
export type LookUpResult = Outcome | { kind: 'running' } | { kind: 'unknown' }

/** News from the stream of a run, other than its end. Each item is reported once, as soon as it arrives. */
export interface RunProgress extends RunIds {
  /** Dify has accepted the call (HTTP 200 and the first byte); the run may still wait in its queue */
  accepted?: true
  /** a worker has started it */
  started?: true
}

export interface Call {
  inputs: Inputs
  variables: Variable[]
  /** unique to this attempt, so that the run can be found even if we never learn its id */
  user: string
  /** ends the call, not the run: use `lookUp` to find out what became of it */
  signal: AbortSignal
  /** called as soon as there is something new */
  onProgress(progress: RunProgress): void
  /** called before the first byte of a file is fetched or uploaded for this call; the call waits until it is stored */
  onUploading?(): Promise<void>
  /** called after that, or if there are no files, before the run is asked for; the call waits until it is stored */
  onPosting?(): Promise<void>
  /**
   * Asked in the instant before the first byte of the run's call is sent, once there is a connection. False: it is not sent,
   * and `onPosting` is called again
   */
  mayPost?(): boolean
  /** called for every piece of data, whatever is in it: a sign that the run is alive */
  onActivity?(): void
}

export interface RunRef extends RunIds {
  /** the `user` of the attempt */
  user: string
  /** when the attempt began, ms since 1970; narrows the search */
  attemptedAt: number
}

/**
 * With the ids of the run, as far as they are known. They are needed here because a run that starts and ends in one
 * piece of the stream causes no `onProgress`, and because a look-up by `user` may find an id that no event had.
 */
export type WithRunIds<T> = T & { ids?: RunIds }

/** What is needed to answer a form. */
export interface AnswerableForm extends Pick<RunForm, 'token'> {
  /** the `user` of the attempt */
  user: string
}

/** One Dify app, as the engine needs it. Only a bug makes one of these methods throw. */
export interface DifyApp {
  /** false: the runs of this app cannot be looked up (completion apps) */
  readonly canLookUp: boolean
  /** true: an accepted run waits until a worker of Dify is free (workflows and chatflows); false: it starts at once */
  readonly hasQueue: boolean
  /** Starts a run and follows it to its end. If `signal` is aborted, the outcome is `lost`. */
  run(call: Call): Promise<WithRunIds<Outcome>>
  /** Asks Dify what became of a run. */
  lookUp(run: RunRef, signal: AbortSignal): Promise<WithRunIds<LookUpResult>>
  /**
   * Joins the stream of a running run again, for its progress, tokens and price. Such a stream may fall silent at any
   * time, so use `lookUp` as well. Absent if the app has no such stream.
   */
  join?(run: RunRef, hooks: Pick<Call, 'signal' | 'onProgress' | 'onActivity'>): Promise<WithRunIds<Outcome>>
  /** Answers a form that a run waits for. */
  answer?(form: AnswerableForm, answer: RunFormAnswer, signal: AbortSignal): Promise<AnswerResult>
  /** Whether a form can still be answered. */
  stateOf?(form: AnswerableForm, signal: AbortSignal): Promise<FormState>
  /** Asks Dify to stop a run. Dify always answers “success”: only `lookUp` shows whether it has stopped. */
  stop(run: RunRef, signal: AbortSignal): Promise<void>
}
