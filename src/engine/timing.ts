/** How long the engine waits for what. One object, so that a test can hand in a quicker one. */
export interface Timing {
  /** the first wait after a failed attempt; doubles with every further one */
  retryBaseMs: number
  retryMaxMs: number
  /** the first wait of a whole workflow after “too many requests”; doubles while it goes on */
  holdBaseMs: number
  holdMaxMs: number
  /** a workflow's limit grows by one when this long has passed without “too many requests” */
  growEveryMs: number
  /** what servers count calls and tokens by: a minute */
  windowMs: number
  /** a rate is learnt: after so long one call asks whether more gets through by now; doubles while it does not */
  probeBaseMs: number
  /** a call that is not turned away within so long was let in; longer where refusals take longer */
  letInAfterMs: number
  /** the server is in trouble: one call asks again after so long; doubles while it is */
  troubleBaseMs: number
  troubleMaxMs: number
  /** asked to wait so long or longer, a task stops with a sentence instead */
  giveUpAfterMs: number
  /** before the second look-up of a run that we do not hear of; doubles with every further one */
  lookUpEveryMs: number
  lookUpMaxMs: number
  /** a call that Dify did not say it took may be on its way all the same: for so long “no such run” is asked again */
  lookUpGraceMs: number
  /** how long a run may wait in Dify’s queue, where it is not listed, before it must be lost */
  queueMs: number
  /** a call that has waited in Dify’s queue for so long shows that no worker is free: fewer are sent */
  startsWithinMs: number
  /** a run must be lost in Dify’s queue, too, once calls that were taken so much later have begun */
  overtakenMs: number
  /** a run that waits in Dify’s queue is asked for after so long: its stream may have gone deaf */
  queuedLookMs: number
  /** no byte for so long after a run has begun: it is asked for from then on, whatever its stream says */
  silentMs: number
  /** turned away call after call for so long: then it costs an attempt after all */
  turnedAwayMs: number
  /** Dify itself ends every run after 20 min (WORKFLOW_MAX_EXECUTION_TIME): one more, and what goes on is given up */
  runEndsMs: number
  /** before a task in which Rowbot itself went wrong is taken again */
  afterFaultMs: number
  /** for the calls that stop a run and look at it once more; half of it, before them, for a run to tell its id */
  stopWithinMs: number
}

export const DEFAULT_TIMING: Timing = {
  retryBaseMs: 2_000,
  retryMaxMs: 120_000,
  holdBaseMs: 1_000,
  holdMaxMs: 60_000,
  growEveryMs: 60_000,
  windowMs: 60_000,
  probeBaseMs: 750,
  letInAfterMs: 500,
  troubleBaseMs: 5_000,
  troubleMaxMs: 300_000,
  giveUpAfterMs: 900_000,
  lookUpEveryMs: 1_000,
  lookUpMaxMs: 30_000,
  lookUpGraceMs: 60_000,
  queueMs: 1_800_000,
  startsWithinMs: 5_000,
  overtakenMs: 60_000,
  queuedLookMs: 15_000,
  silentMs: 60_000,
  turnedAwayMs: 3_600_000,
  runEndsMs: 1_260_000,
  afterFaultMs: 5_000,
  stopWithinMs: 1_000,
}

/**
 * Exponential backoff with full jitter: anything from 0 to base·2ⁿ, never over `max`.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(base: number, max: number, n: number, random: () => number): number {
  return Math.round(random() * Math.min(max, base * 2 ** n))
}
