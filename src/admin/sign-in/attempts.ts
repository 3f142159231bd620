import QuickLRU from 'quick-lru'

const WINDOW_MS = 60_000
const TRIES_A_WINDOW = 10
const MAX_ADDRESSES = 10_000

/**
 * Counts wrong tokens by address: after ten in a minute, that address has to wait. A right token does not reset the
 * count: behind a proxy everybody shares one address, and an attacker could guess between other people’s requests.
 */
export class Attempts {
  /** drops the oldest addresses, so that an attacker with many of them cannot fill the memory */
  readonly #wrong = new QuickLRU<string, number[]>({ maxSize: MAX_ADDRESSES })

  constructor(private readonly now: () => number) {}

  /** Seconds until the next try is allowed; 0: now. */
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
