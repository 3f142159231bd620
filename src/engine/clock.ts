/** Time, handed in so that tests need not wait for it. */
export interface Clock {
  /** milliseconds since 1970, as the machine says: for what people read. It may jump. */
  now(): number
  /** the same, counted on from the start of the process: it never jumps. For every wait and every duration. */
  monotonicNow(): number
  /** Calls `action` once, after `ms`. Returns what takes it back. */
  after(ms: number, action: () => void): () => void
}

export const REAL_CLOCK: Clock = {
  now: Date.now,
  monotonicNow: () => performance.timeOrigin + performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, Math.min(ms, MAX_TIMER_MS))
    return () => clearTimeout(timer)
  },
}

/** Beyond this, setTimeout fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Waits `ms`, or less if `signal` is aborted. Never rejects: who waits looks at the signal. */
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

/** Waits for work to be done, but no longer than `ms`, and leaves no timer behind that would keep the process. */
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
