/** What was begun and is not done yet, for who waits at the end. */
export class PendingWork {
  readonly #works = new Set<Promise<unknown>>()

  track<T>(work: Promise<T>): Promise<T> {
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
