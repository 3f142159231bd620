import { inputHash, keyHash } from '../../engine/input-hash.ts'
import type { Cell, Inputs } from '../../engine/task.ts'
import type { EarlierRows, SeenRows } from '../types.ts'

/** Counts the rows that need no call: those that send the same as one before them, or as one of an earlier task. */
export class SameRows {
  /** how many rows send the same as one before them */
  equal = 0
  readonly #sent = new Set<string>()
  readonly #seen = { unchanged: 0, changed: 0, fresh: 0, equal: 0 }

  constructor(private readonly earlier: EarlierRows | undefined) {}

  /** Undefined: there is no earlier task to compare with. */
  get seen(): SeenRows | undefined {
    return this.earlier && this.#seen
  }

  /** A row that can run. */
  add(inputs: Inputs, cells: () => Cell[]): void {
    const hash = inputHash(inputs)
    const isEqual = this.#sent.has(hash)
    if (isEqual) this.equal++
    else this.#sent.add(hash)
    if (!this.earlier) return
    const { answered, keys, keyColumns } = this.earlier
    if (answered.has(hash)) {
      this.#seen.unchanged++
      return
    }
    if (isEqual) this.#seen.equal++
    if (keys.has(keyHash(cells(), keyColumns))) this.#seen.changed++
    else this.#seen.fresh++
  }
}
