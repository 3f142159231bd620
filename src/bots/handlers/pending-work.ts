/** Work in progress, so that a shutdown can wait for it. */
export class PendingWork {
  readonly #works = new Set<Promise<unknown>>()

  track<T>(work: Promise<T>): Promise<T> {
    this.#works.add(work)
    const forget = () => this.#works.delete(work)
    work.then(forget, forget)
    return work
  }

  /** Resolves when all work is done, including work that was started in the meantime. */
  async idle(): Promise<void> {
    while (this.#works.size > 0) await Promise.allSettled(this.#works)
  }
}
