/** How long the engine waits for what, in ms. One object, so that tests can use shorter times. */
export interface Timing {
  /** the first wait after a failed attempt; doubles with every further one */
  retryBaseMs: number
  retryMaxMs: number
  /** the first wait of a whole workflow after “too many requests”; doubles while it goes on */
  holdBaseMs: number
  holdMaxMs: number
  /** a lowered limit of calls at once grows by one after this long without “too many requests” */
  growEveryMs: number
  /** the period in which servers count calls and tokens: a minute */
  windowMs: number
  /** a rate was learnt: after this long one more call is tried; doubles while such calls are refused */
  probeBaseMs: number
  /** a call that is not refused within this time was let in; longer if refusals take longer */
  letInAfterMs: number
  /** the server is in trouble: one call asks again after this long; doubles while it is in trouble */
  troubleBaseMs: number
  troubleMaxMs: number
  /** if the server asks for a wait of this length or more, the task stops and says so */
  giveUpAfterMs: number
  /** before the second look-up of a silent run; doubles with every further one */
  lookUpEveryMs: number
  lookUpMaxMs: number
  /** a call that Dify has not accepted may still be on its way: for this long, “no such run” is not believed */
  lookUpGraceMs: number
  /** a run that has waited in Dify’s queue for this long is presumed lost; no look-up finds it there */
  queueMs: number
  /** a call that has waited in Dify’s queue for so long shows that no worker is free: fewer are sent */
  startsWithinMs: number
  /** so is a run once a call that was accepted this much later has started */
  overtakenMs: number
  /** a run that waits in Dify’s queue is looked up after this long: its stream may have fallen silent */
  queuedLookMs: number
  /** a started run whose stream had no byte for this long is looked up from then on */
  silentMs: number
  /** a row that was turned away at every call for this long loses an attempt after all */
  turnedAwayMs: number
  /** Dify ends every run after 20 min (WORKFLOW_MAX_EXECUTION_TIME); a minute later we stop waiting for it */
  runEndsMs: number
  /** before a task that a bug or a broken disk interrupted is taken again */
  afterFaultMs: number
  /** a run that waits for a person is looked up after this long; later less often, up to the second time */
  pausedLookMs: number
  pausedLookMaxMs: number
  /** between two such look-ups of a task: it may have thousands of them */
  pausedGapMs: number
  /** after a form's time is up, Dify may need this long to let the run go on without an answer */
  expiredMs: number
  /** an answer whose confirmation is lost has arrived by then, or never will */
  answerMs: number
  /** limit for stopping a run and reading its last words */
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
  pausedLookMs: 30_000,
  pausedLookMaxMs: 900_000,
  pausedGapMs: 500,
  expiredMs: 180_000,
  answerMs: 60_000,
  stopWithinMs: 1_000,
}

/**
 * Exponential backoff with full jitter: a random time from 0 to base·2ⁿ, never more than `max`. In ms.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(base: number, max: number, n: number, random: () => number): number {
  return Math.round(random() * Math.min(max, base * 2 ** n))
}
