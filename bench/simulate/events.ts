/** Events in the order of their times; those of the same time in the order in which they were planned. */
export class Events {
  now = 0
  readonly #heap: { at: number; number: number; action: () => void }[] = []
  #count = 0

  /** @param ms from now */
  after(ms: number, action: () => void): void {
    const heap = this.#heap
    heap.push({ at: this.now + ms, number: this.#count++, action })
    for (let i = heap.length - 1; i > 0;) {
      const parent = (i - 1) >> 1
      if (!this.#isBefore(i, parent)) break
      this.#swap(i, parent)
      i = parent
    }
  }

  /** Until nothing is planned any more. */
  run(): void {
    for (let next = this.#pop(); next; next = this.#pop()) {
      this.now = next.at
      next.action()
    }
  }

  #pop() {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (!first || !last || heap.length === 0) return first
    heap[0] = last
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2]
      let least = i
      if (left < heap.length && this.#isBefore(left, least)) least = left
      if (right < heap.length && this.#isBefore(right, least)) least = right
      if (least === i) return first
      this.#swap(i, least)
      i = least
    }
  }

  #isBefore(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (!one || !other) return false
    return one.at < other.at || (one.at === other.at && one.number < other.number)
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (one && other) [this.#heap[a], this.#heap[b]] = [other, one]
  }
}

/** So many that work at the same time; the others wait in line. */
export class Servers {
  busyMs = 0
  /** of all together that waited in line */
  waitedMs = 0
  #busy = 0
  readonly #line: { ms: number; since: number; done: () => void }[] = []
  #head = 0

  constructor(
    private readonly events: Events,
    readonly count: number,
  ) {}

  /** @param ms how long one of them works on it */
  work(ms: number, done: () => void): void {
    const job = { ms, since: this.events.now, done }
    if (this.#busy < this.count) this.#begin(job)
    else this.#line.push(job)
  }

  #begin({ ms, since, done }: { ms: number; since: number; done: () => void }): void {
    this.#busy++
    this.busyMs += ms
    this.waitedMs += this.events.now - since
    this.events.after(ms, () => {
      this.#busy--
      const next = this.#line[this.#head]
      if (next) {
        this.#head++
        this.#begin(next)
      }
      done()
    })
  }
}
