import { areSame, type OutputPair, type ResultPair, SIDES, type SideName } from './comparison.ts'
import { type Money, sumsOf } from './money.ts'
import type { ResultRow } from './task.ts'

/** What the rows of one side came to. */
export interface SideTally {
  succeeded: number
  failed: number
  /** the mean of a row that was called; undefined: none was */
  seconds: number | undefined
  tokens: number
  /** one sum for each currency */
  prices: Money[]
}

/** What a comparison came to so far. */
export interface ComparisonTally extends Record<SideName, SideTally> {
  rows: number
  /** rows that succeeded in both */
  compared: number
  /** of these: rows that say the same in both; null: no output of one is an output of the other */
  same: number | null
}

/** Adds up pairs as they are read. */
export class PairTally {
  #rows = 0
  #compared = 0
  #same = 0
  readonly #sides = { a: new Side(), b: new Side() }

  constructor(private readonly outputs: readonly OutputPair[]) {}

  add(pair: ResultPair): void {
    this.#rows++
    if (pair.a?.status === 'succeeded' && pair.b?.status === 'succeeded') this.#compared++
    if (areSame(pair, this.outputs)) this.#same++
    for (const side of SIDES) {
      const row = pair[side]
      if (row) this.#sides[side].add(row)
    }
  }

  get sums(): ComparisonTally {
    const { a, b } = this.#sides
    const same = this.outputs.length === 0 ? null : this.#same
    return { rows: this.#rows, compared: this.#compared, same, a: a.sums, b: b.sums }
  }
}

class Side {
  #succeeded = 0
  #failed = 0
  #seconds = 0
  #timed = 0
  #tokens = 0
  #prices: Money[] = []

  add({ status, seconds, tokens, price, currency }: ResultRow): void {
    if (status === 'succeeded') this.#succeeded++
    if (status === 'failed') this.#failed++
    if (seconds !== null) {
      this.#seconds += seconds
      this.#timed++
    }
    this.#tokens += tokens ?? 0
    if (price !== null && currency !== null)
      this.#prices = sumsOf([...this.#prices, { nano: price, currency }])
  }

  get sums(): SideTally {
    return {
      succeeded: this.#succeeded,
      failed: this.#failed,
      seconds: this.#timed === 0 ? undefined : this.#seconds / this.#timed,
      tokens: this.#tokens,
      prices: this.#prices,
    }
  }
}

/** In whole percent; undefined: there is nothing to compare. Only what is wholly so is 0 or 100. */
export function samePercent({
  compared,
  same,
}: Pick<ComparisonTally, 'compared' | 'same'>): number | undefined {
  if (compared === 0 || same === null) return undefined
  if (same === 0 || same === compared) return same === 0 ? 0 : 100
  return Math.min(99, Math.max(1, Math.round((same / compared) * 100)))
}
