/** Work of the same key goes one after the other, of different keys side by side. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const mine = before.then(work, work)
    const settled = mine.catch(() => {}) // who waits for it hears of it; who waits behind it does not care
    this.#last.set(key, settled)
    try {
      return await mine
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    }
  }
}

/** What was begun and is not done yet, for who waits at the end. */
export class UnderWay {
  readonly #works = new Set<Promise<unknown>>()

  keep<T>(work: Promise<T>): Promise<T> {
    this.#works.add(work)
    const forget = () => this.#works.delete(work)
    work.then(forget, forget)
    return work
  }

  /** Resolves when everything that was begun is done, and what was begun meanwhile. */
  async idle(): Promise<void> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works)
  }
}
