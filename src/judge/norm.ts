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
  readonly same = new Map<number, number>()
  /** undefined: too many different ones */
  values: Map<string, number> | undefined = new Map()
  /** of rows that are not empty */
  readonly lengths = new Lengths()
  /** what is usual, until another row is added */
  #mainScript: { script: WritingSystem; rows: number; ofRows: number } | undefined
  #often: { values: number; rows: number } | undefined

  /** @param isNew no row that asked the same has given the same: those are equal by right */
  add(traits: Traits, isAsInput: boolean, isNew: boolean): void {
    this.count++
    this.#mainScript = undefined
    this.#often = undefined
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

  /** The one that most rows have, of all with a script. Undefined: none has. */
  get mainScript(): { script: WritingSystem; rows: number; ofRows: number } | undefined {
    if (this.#mainScript || this.scripts.size === 0) return this.#mainScript
    const ofRows = [...this.scripts.values()].reduce((sum, count) => sum + count, 0)
    const [script, rows] = [...this.scripts].reduce((a, b) => (b[1] > a[1] ? b : a))
    return (this.#mainScript = { script, rows, ofRows })
  }

  /** Of the short values, those that so many rows have: how many values, and how many rows have one of them. */
  often(times: number): { values: number; rows: number } {
    if (this.#often) return this.#often
    const often = [...(this.values?.values() ?? [])].filter((count) => count >= times)
    return (this.#often = { values: often.length, rows: often.reduce((sum, count) => sum + count, 0) })
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
