/** Decides which process runs which task. */
export interface Queue {
  start(): void
  /** A task waits or was changed: check now, not only at the next poll. */
  wake(): void
  /** Starts no further row, waits up to `graceMs` for rows in flight, then leaves them to the next runner. */
  stop(graceMs: number): Promise<void>
}
