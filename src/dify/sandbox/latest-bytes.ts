/** The bytes of the latest files, by their ids, up to a total. What came first goes first. */
export class LatestBytes {
  readonly #bytes = new Map<string, Uint8Array>()
  #total = 0

  /** @param most of all together */
  constructor(readonly most: number) {}

  add(id: string, bytes: Uint8Array): void {
    this.#bytes.set(id, bytes)
    this.#total += bytes.length
    for (const oldest of this.#bytes.keys()) {
      if (this.#total <= this.most) return
      this.delete(oldest)
    }
  }

  get(id: string): Uint8Array | undefined {
    return this.#bytes.get(id)
  }

  delete(id: string): void {
    this.#total -= this.#bytes.get(id)?.length ?? 0
    this.#bytes.delete(id)
  }
}
