import QuickLRU from 'quick-lru'

const WINDOW_MS = 60_000
const TRIES_A_WINDOW = 10
const MAX_ADDRESSES = 10_000

/**
 * Wrong tokens, counted by where they come from: after ten in a minute, that address waits. A right one takes nothing off:
 * behind a proxy everybody comes from one address, and whoever guesses would guess on between the requests of others.
 */
export class Attempts {
  /** the oldest addresses are forgotten, so that whoever has many of them fills no memory */
  readonly #wrong = new QuickLRU<string, number[]>({ maxSize: MAX_ADDRESSES })

  constructor(private readonly now: () => number) {}

  /** Seconds until the next try; 0: now. */
  waitSeconds(address: string): number {
    const own = this.#recent(address)
    const oldest = own.length >= TRIES_A_WINDOW ? own[0] : undefined
    return oldest === undefined ? 0 : Math.max(1, Math.ceil((oldest + WINDOW_MS - this.now()) / 1000))
  }

  wrong(address: string): void {
    const own = this.#recent(address)
    this.#wrong.set(address, [...own, this.now()])
  }

  #recent(address: string): number[] {
    const since = this.now() - WINDOW_MS
    return (this.#wrong.get(address) ?? []).filter((at) => at > since)
  }
}
