import type { DialectAdapter } from 'kysely'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Db, Trx } from '../schema.ts'
import type { SealedAs } from './columns.ts'
import { escaped, isSealed, NotOpened, SEALED, type TextSealer, unescaped } from './text-sealer.ts'

/** A parameter of a statement that is to be encrypted. `value` may be a placeholder of compiledOnce, or null. */
export class SealedParam {
  constructor(
    readonly value: unknown,
    readonly as: SealedAs,
  ) {}
}

/** How the stored data key becomes keys; throws UserError if it cannot. */
export type Unlock = (stored: string) => TextSealer

type StoredRow = Record<string, unknown>

/**
 * The encrypted texts of one database, between its connections and everything else: no statement and no reader knows of
 * them. Parameters that are marked (marked.ts) are encrypted as they leave, and every text that comes back is opened,
 * whatever the setting says.
 */
export class SealedTexts {
  /** whether what is written is encrypted */
  isOn = false
  #unlock: Unlock | undefined
  #sealer: TextSealer | undefined

  /** From now on texts are opened. Until then, and for who has no secret key, they come as they are stored. */
  use(unlock: Unlock, sealer: TextSealer | undefined, isOn: boolean): void {
    this.#unlock = unlock
    this.#sealer = sealer
    this.isOn = isOn
  }

  /** Whether the database may have encrypted texts, as far as this process knows. */
  get hasKey(): boolean {
    return this.#sealer !== undefined
  }

  /** Another process may have made a key since this one was started: the connection looks, and gives what it finds. */
  unlock(stored: unknown): void {
    if (this.#unlock && typeof stored === 'string') this.#sealer = this.#unlock(stored)
  }

  /** Whether these parameters can only be bound with a key that another process may have made. */
  lacksKeyFor(parameters: readonly unknown[]): boolean {
    return (
      this.#sealer === undefined &&
      this.#unlock !== undefined &&
      parameters.some((value) => value instanceof SealedParam)
    )
  }

  /** Parameters as they are stored. The same array if nothing is to be changed. */
  bound(parameters: readonly unknown[]): readonly unknown[] {
    return parameters.some((value) => this.#changes(value))
      ? parameters.map((value) => this.#bind(value))
      : parameters
  }

  /**
   * Opens the texts in these rows, in place. False, and nothing is changed: some are encrypted, and the key that another
   * process has made is not known yet.
   * @throws UserError that names the column and the row
   */
  open(rows: readonly StoredRow[]): boolean {
    if (this.#unlock === undefined) return true
    const [first] = rows
    if (!first) return true
    const names = Object.keys(first)
    if (this.#sealer === undefined && rows.some((row) => names.some((name) => isSealedValue(row[name]))))
      return false
    for (const row of rows) {
      for (const name of names) {
        const value = row[name]
        if (typeof value === 'string' && value.startsWith(SEALED)) row[name] = this.#opened(value, name, row)
      }
    }
    return true
  }

  #changes(value: unknown): boolean {
    return value instanceof SealedParam || (typeof value === 'string' && value.startsWith(SEALED))
  }

  #bind(value: unknown): unknown {
    if (typeof value === 'string') return this.#unlock ? escaped(value) : value
    if (!(value instanceof SealedParam)) return value
    const { value: plain, as } = value
    if (typeof plain !== 'string') return plain
    if (this.#sealer) return as === 'alike' ? this.#sealer.sealAlike(plain) : this.#sealer.seal(plain)
    if (this.isOn) throw new Error('a text is to be encrypted, and there is no key')
    return escaped(plain)
  }

  #opened(stored: string, column: string, row: StoredRow): string {
    if (!isSealed(stored) || !this.#sealer) return unescaped(stored)
    try {
      return this.#sealer.open(stored)
    } catch (fault) {
      if (!(fault instanceof NotOpened)) throw fault
      throw new UserError(say('text-not-decrypted', { text: nameOf(column, row) }), say('do-restore-text'))
    }
  }
}

/** Such as `outputs (row_number 12, task_id k7f2…)`: as much as the row says of itself. */
function nameOf(column: string, row: StoredRow): string {
  const labels = ['row_number', 'row', 'task_id', 'id'].flatMap((name) => {
    const value = row[name]
    return typeof value === 'string' || typeof value === 'number' ? [`${name} ${value}`] : []
  })
  return labels.length === 0 ? column : `${column} (${labels.join(', ')})`
}

function isSealedValue(value: unknown): boolean {
  return typeof value === 'string' && isSealed(value)
}

/** Those of a database: one for all of its connections and transactions. */
export function sealedTextsOf(db: Db | Trx): SealedTexts {
  return OF.get(db.getExecutor().adapter) ?? NONE
}

/** To be called by a dialect, for its adapter. */
export function sealedTextsFor(adapter: DialectAdapter, texts: SealedTexts): DialectAdapter {
  OF.set(adapter, texts)
  return adapter
}

const OF = new WeakMap<DialectAdapter, SealedTexts>()
const NONE = new SealedTexts()

/** The statement with which a connection looks for a key that another process has made. */
export const FIND_DATA_KEY = "select value from shared_values where name = 'data key'"
