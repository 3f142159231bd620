/*
 * When something that a person must get is tried again. These times outlive the process, so they are by the machine's
 * clock, which may be put back: a time further ahead than the longest wait was set before that, and is over.
 */

const RETRY_BASE_MS = 5_000
const RETRY_MAX_MS = 300_000
/** A place that fails this often in a row for no reason that it names is given up: after about twenty minutes. */
const TRIES_A_PLACE = 8
/** What waits is tried again by itself: the bot may be back in the channel, or the thread open again. */
const WAITING_MS = 3_600_000

/** Of a delivery or a question card. */
export interface Tried {
  state: 'due' | 'sending' | 'waiting' | 'seen'
  /** which place is tried: see ladder.ts */
  rung: number
  /** at that place */
  tries: number
  /** ms since 1970 */
  try_at: number
}

/** A platform has refused it, or cannot be reached. While the platform itself is down, no other place is better. */
export function afterFailure(
  { tries, rung }: Pick<Tried, 'tries' | 'rung'>,
  { error, isDown }: { error: string; isDown?: true },
  now: number,
): Partial<Tried> & { error: string } {
  if (!isDown && tries + 1 >= TRIES_A_PLACE)
    return { state: 'due', rung: rung + 1, tries: 0, try_at: now, error }
  return { rung, tries: tries + 1, try_at: now + waitMs(tries), error }
}

/** Longer with each failure. @param failures how many there were before */
export function waitMs(failures: number): number {
  return Math.min(RETRY_BASE_MS * 2 ** failures, RETRY_MAX_MS)
}

/**
 * A platform has asked to wait: no longer than for any other reason, since it says so again if it has to. Discord counts in
 * fractions of a millisecond, and what is stored is whole.
 */
export function afterLimit(rung: number, retryAfterMs: number, now: number): Pick<Tried, 'rung' | 'try_at'> {
  return { rung, try_at: now + Math.min(Math.ceil(retryAfterMs), RETRY_MAX_MS) }
}

/** No place is left: it waits for its person. */
export function untilThereIsAPlace(now: number): Tried & { place: null } {
  return { state: 'waiting', rung: 0, tries: 0, try_at: now + WAITING_MS, place: null }
}

/** From which times on `try_at` cannot be meant: no wait is that long. */
export function tooFarAhead(now: number): { due: number; waiting: number } {
  return { due: now + RETRY_MAX_MS, waiting: now + WAITING_MS }
}

export function isTimeFor({ state, try_at }: Pick<Tried, 'state' | 'try_at'>, now: number): boolean {
  return try_at <= now || try_at > tooFarAhead(now)[state === 'waiting' ? 'waiting' : 'due']
}
