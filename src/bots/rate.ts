const WINDOW_MS = 60_000

/**
 * Settled rows a minute, of the last minute in which any was settled: between two rows it says the same, so that a
 * message is not edited for a digit. What was long ago does not count, and a task that stands still has no rate.
 */
export class Rate {
  #samples: { at: number; settled: number }[] = []

  see(settled: number, now: number): void {
    const last = this.#samples.at(-1)
    if (last?.settled === settled) return
    // Fewer than before: failed rows wait again, and what was counted means nothing any more.
    if (last && last.settled > settled) this.#samples = []
    this.#samples = this.#samples.filter(({ at }) => at >= now - WINDOW_MS)
    this.#samples.push({ at: now, settled })
  }

  perMinute(now: number): number | undefined {
    const [first, last] = [this.#samples[0], this.#samples.at(-1)]
    if (!first || !last || last.at - first.at < 1_000 || now - last.at > WINDOW_MS) return undefined
    return ((last.settled - first.settled) / (last.at - first.at)) * 60_000
  }
}
