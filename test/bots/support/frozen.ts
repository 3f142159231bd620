import type { KyselyPlugin } from 'kysely'
import type { Reporter } from '../../../src/bots/reporter.ts'
import type { Db } from '../../../src/db/schema.ts'

/**
 * A process that is frozen in the middle of its work, and goes on later as if nothing had happened. A step is an answer of
 * the database, or a write or a call to the platform, before it arrives there and after: at the n-th nothing moves any more.
 */
export class Frozen {
  readonly steps: string[] = []
  readonly #reached = Promise.withResolvers<void>()
  readonly #thawed = Promise.withResolvers<void>()
  #wasFrozen = false

  /** @param at Infinity: it is not */
  constructor(private readonly at = Infinity) {}

  /** Whether it is, or was. */
  get wasFrozen(): boolean {
    return this.#wasFrozen
  }

  passing = (step: string): Promise<void> | undefined => {
    if (this.#wasFrozen) return this.#thawed.promise
    if (this.steps.push(step) <= this.at) return undefined
    this.#wasFrozen = true
    this.#reached.resolve()
    return this.#thawed.promise
  }

  /** The same database, as this process reaches it: frozen, it has sent a statement and not seen the answer. */
  database(db: Db): Db {
    const plugin: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        await this.passing('an answer of the database')
        return result
      },
    }
    return db.withPlugin(plugin)
  }

  /** Works until it is frozen or has nothing to do. */
  async work(reporter: Reporter): Promise<void> {
    reporter.wake()
    await Promise.race([reporter.idle(), this.#reached.promise])
  }

  thaw(): void {
    this.#thawed.resolve()
  }
}
