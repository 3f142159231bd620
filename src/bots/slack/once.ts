import { Bounded } from '../bounded.ts'

/** Far more than Slack sends again within its 5 minutes of retries. */
const REMEMBERED = 2_000

/**
 * Slack sends an event again when it thinks it was not heard. This forgets at a restart; the drafts' `source` in the
 * database does not.
 */
export class Once {
  readonly #seen = new Bounded<true>(REMEMBERED)

  /** True the first time. */
  isFirst(key: string): boolean {
    if (this.#seen.get(key)) return false
    this.#seen.set(key, true)
    return true
  }
}
