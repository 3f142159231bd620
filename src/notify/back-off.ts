const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Waits after a failed try, over three days: those of the Standard Webhooks specification. */
const WAITS_MS = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  14 * HOUR_MS,
  20 * HOUR_MS,
  24 * HOUR_MS,
] as const

/** So many tries in all. */
export const MAX_TRIES = WAITS_MS.length + 1
const JITTER = 0.1
/** No wait is longer. Whole, as every time that is compared with stored ones. */
export const LONGEST_WAIT_MS = Math.ceil(DAY_MS * (1 + JITTER))

/**
 * How long to wait until the next try, up to a tenth more or less, so that what failed together is not tried together.
 * Undefined: there is none.
 * @param tries how many have failed
 * @param askedMs how long the other side has asked to wait
 */
export function waitMs(tries: number, random: () => number, askedMs = 0): number | undefined {
  const wait = WAITS_MS[tries - 1]
  if (wait === undefined) return undefined
  const varied = wait * (1 - JITTER + 2 * JITTER * random())
  return Math.round(Math.max(varied, Math.min(askedMs, DAY_MS)))
}
