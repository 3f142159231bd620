import type { KyselyPlugin, RootOperationNode } from 'kysely'
import type { Db } from '../../../src/db/schema.ts'
import type { Reporter } from '../../../src/bots/reporter.ts'

/**
 * A process that ends in the middle of its work. A step is what it writes to the database or asks of the platform, before
 * it happens and after; at the n-th one it is dead: no answer reaches it any more, and nothing of it the database.
 */
export class Doomed {
  readonly steps: string[] = []
  readonly died: Promise<void>
  #isDead = false
  readonly #die: () => void

  /** @param at Infinity: it lives */
  constructor(private readonly at = Infinity) {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.died = promise
    this.#die = () => {
      this.#isDead = true
      resolve()
    }
  }

  get isDead(): boolean {
    return this.#isDead
  }

  /** For the wire: a call that is never answered. */
  passing = (step: string): Promise<void> | undefined =>
    this.#isDoneFor(step) ? new Promise<void>(() => {}) : undefined

  /** The same database, as this process reaches it. */
  database(db: Db): Db {
    const writes = new WeakMap<object, string>()
    const die = (step: string) => {
      if (this.#isDoneFor(step)) throw new Error('killed')
    }
    const plugin: KyselyPlugin = {
      transformQuery: ({ node, queryId }) => {
        if (this.#isDead) throw new Error('killed')
        const write = writeOf(node)
        if (write) {
          writes.set(queryId, write)
          die(`before ${write}`)
        }
        return node
      },
      transformResult: async ({ queryId, result }) => {
        const write = writes.get(queryId)
        if (write) die(`after ${write}`)
        return result
      },
    }
    return db.withPlugin(plugin)
  }

  /** Works until it is dead or has nothing to do. */
  async work(reporter: Reporter): Promise<void> {
    reporter.wake()
    await Promise.race([reporter.idle(), this.died])
  }

  #isDoneFor(step: string): boolean {
    if (this.#isDead) return true
    if (this.steps.push(step) > this.at) this.#die()
    return this.#isDead
  }
}

function writeOf({ kind }: RootOperationNode): string | undefined {
  return WRITES[kind]
}

const WRITES: Record<string, string> = {
  InsertQueryNode: 'insert',
  UpdateQueryNode: 'update',
  DeleteQueryNode: 'delete',
}
