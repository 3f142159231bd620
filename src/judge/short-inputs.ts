import type { Inputs } from '../engine/task.ts'

const SHORT = 40
/** An input with more different values than this is no setting, but what the row is about. */
const MOST_VALUES = 50
/** So many rows, and this share of them, must have it in common. */
const ROWS = 2
const SHARE = 0.9

/** The short inputs of a row, as `name=value`. */
export function shortInputsOf(inputs: Inputs): string[] {
  return Object.entries(inputs).flatMap(([name, value]) => {
    const text = typeof value === 'string' || typeof value === 'boolean' ? String(value).trim() : ''
    return text !== '' && text.length <= SHORT ? [`${name}=${text.toLowerCase()}`] : []
  })
}

/** Which short inputs go together with what is seen in outputs: `language=ja` with Japanese. */
export class ShortInputs {
  readonly #seen = new Map<string, { rows: number; traits: Map<string, number> }>()
  readonly #values = new Map<string, number>()

  add(shortInputs: string[], trait: string): void {
    for (const setting of shortInputs) {
      const seen = this.#seen.get(setting) ?? this.#begin(setting)
      if (!seen) continue
      seen.rows++
      seen.traits.set(trait, (seen.traits.get(trait) ?? 0) + 1)
    }
  }

  /** True if rows with one of these inputs have this in common. */
  explain(shortInputs: string[], trait: string): boolean {
    return shortInputs.some((setting) => {
      const seen = this.#seen.get(setting)
      const rows = seen?.traits.get(trait) ?? 0
      return seen !== undefined && !this.#isFull(setting) && rows >= ROWS && rows >= seen.rows * SHARE
    })
  }

  #begin(setting: string) {
    const input = inputOf(setting)
    const values = (this.#values.get(input) ?? 0) + 1
    this.#values.set(input, values)
    if (values > MOST_VALUES) return undefined
    const seen = { rows: 0, traits: new Map<string, number>() }
    this.#seen.set(setting, seen)
    return seen
  }

  #isFull(setting: string): boolean {
    return (this.#values.get(inputOf(setting)) ?? 0) > MOST_VALUES
  }
}

function inputOf(setting: string): string {
  return setting.slice(0, setting.indexOf('='))
}
