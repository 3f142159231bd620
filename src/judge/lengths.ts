/** Lengths of texts, in characters. */
export class Lengths {
  readonly #lengths: number[] = []
  #isSorted = true

  add(length: number): void {
    this.#lengths.push(length)
    this.#isSorted = false
  }

  /** 0 without any. */
  get median(): number {
    return this.#sorted()[Math.floor(this.#lengths.length / 2)] ?? 0
  }

  /** How many are shorter than this. */
  shorterThan(length: number): number {
    return this.#sorted().findLastIndex((one) => one < length) + 1
  }

  #sorted(): number[] {
    if (!this.#isSorted) this.#lengths.sort((a, b) => a - b)
    this.#isSorted = true
    return this.#lengths
  }
}
