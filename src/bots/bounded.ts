import type { Person } from '../messages/people.ts'

/** A map that forgets its oldest entries: nothing here may grow with the days. */
export class Bounded<V> {
  readonly #entries = new Map<string, V>()

  constructor(private readonly most: number) {}

  get(key: string): V | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    const [oldest] = this.#entries.keys()
    if (this.#entries.size > this.most && oldest !== undefined) this.#entries.delete(oldest)
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }
}

/** Who did something, as the platform knows them. */
export interface Known {
  person: Person
  locale: string
  /** why this person may not use the bot: a sentence */
  refusal?: string
}
