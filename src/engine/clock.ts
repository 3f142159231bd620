import { uptime } from 'node:os'

/** The time. Passed in, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since 1970 by the machine's clock, for times that people read. It may jump. */
  now(): number
  /**
   * The monotonic clock: milliseconds since 1970 at the start of the process, counted on from there. It never jumps, so
   * every wait and every duration uses it. Whole, since it is stored, too.
   */
  monotonicNow(): number
  /**
   * For how long the machine has been on, in ms, also while it slept: the monotonic clock stands still then. To the
   * second on some systems.
   */
  uptime(): number
  /** Calls `action` once, after `ms`. @returns a function that cancels it */
  after(ms: number, action: () => void): () => void
}

export const REAL_CLOCK: Clock = {
  now: Date.now,
  monotonicNow: () => Math.round(performance.timeOrigin + performance.now()),
  uptime: () => uptime() * 1_000,
  after(ms, action) {
    const timer = setTimeout(action, Math.min(ms, MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}

/** With a longer delay, setTimeout would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Waits `ms`, or less if `signal` is aborted. Never rejects: the caller checks the signal. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted || ms <= 0) return Promise.resolve()
  return new Promise((resolve) => {
    const wake = () => {
      cancel()
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const cancel = clock.after(ms, wake)
    signal.addEventListener('abort', wake)
  })
}

/** Runs `action` with a signal that is aborted after `ms`, or when `outer` is. */
export async function withTimeLimit<T>(
  clock: Clock,
  ms: number,
  outer: AbortSignal | undefined,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController()
  const abort = () => limit.abort(outer?.reason)
  const cancel = clock.after(Math.max(ms, 0), abort)
  outer?.addEventListener('abort', abort)
  if (outer?.aborted) abort()
  try {
    return await action(limit.signal)
  } finally {
    cancel()
    outer?.removeEventListener('abort', abort)
  }
}

/** Waits for `work`, but no longer than `ms` by this clock. @throws what `work` throws within that time */
export async function atMost(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  let cancel = () => {}
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(ms, resolve)
  })
  try {
    await Promise.race([work, late])
  } finally {
    cancel()
  }
}

/** Waits for `work`, but no longer than `ms` of real time. Leaves no timer behind that would keep the process alive. */
export async function within(ms: number, work: Promise<unknown> | undefined): Promise<void> {
  if (!work) return
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
