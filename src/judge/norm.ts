import type { WritingSystem } from './writing-system.ts'
import { Lengths } from './lengths.ts'
import type { Traits } from './traits.ts'

/** More different short texts than this are no “few values”. */
const MOST_VALUES = 200

/** What the values of one output have in common over a task. Fed row by row; it grows by a few bytes a row. */
export class Norm {
  count = 0
  json = 0
  closed = 0
  /** of values that are no JSON */
  prose = 0
  empty = 0
  asInput = 0
  shorts = 0
  readonly scripts = new Map<WritingSystem, number>()
  /** how many rows have the same text */
  readonly same = new Map<number | bigint, number>()
  /** undefined: too many different ones */
  values: Map<string, number> | undefined = new Map()
  /** of rows that are not empty */
  readonly lengths = new Lengths()

  /** @param isNew no row that asked the same has given the same: those are equal by right */
  add(traits: Traits, isAsInput: boolean, isNew: boolean): void {
    this.count++
    if (traits.length === 0) {
      this.empty++
      return
    }
    this.lengths.add(traits.length)
    if (traits.isJson) this.json++
    else this.prose++
    if (traits.isClosed && !traits.isJson) this.closed++
    if (isAsInput) this.asInput++
    if (traits.script) this.scripts.set(traits.script, (this.scripts.get(traits.script) ?? 0) + 1)
    if (isNew) this.same.set(traits.hash, (this.same.get(traits.hash) ?? 0) + 1)
    this.#addValue(traits.short)
  }

  /** Rows with something in it. */
  get filled(): number {
    return this.count - this.empty
  }

  #addValue(short: string | undefined): void {
    if (short === undefined) return
    this.shorts++
    if (!this.values) return
    const value = valueOf(short)
    this.values.set(value, (this.values.get(value) ?? 0) + 1)
    if (this.values.size > MOST_VALUES) this.values = undefined
  }
}

/** A value of a short list, however it is written: `High.` is `high`. */
export function valueOf(short: string): string {
  return short.toLowerCase().replaceAll(/^[\s"'“”*`]+|[\s"'“”*`.。!！]+$/g, '')
}
