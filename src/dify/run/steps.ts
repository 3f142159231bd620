import type { z } from 'zod'
import { decimalOf } from '../../engine/money.ts'
import { MOST_STEPS, type RunStep, type Usage } from '../../engine/run.ts'
import type { NodeEnd } from '../client/answers.ts'
import { quote } from '../client/server-text.ts'

/** They only pass on what goes in and comes out. */
const PASSING = new Set(['start', 'end', 'answer'])
const TITLE_CHARS = 100

/** The steps of a run, in the order in which they ended. */
export class Steps {
  readonly #steps: RunStep[] = []

  add({
    title,
    node_type: type,
    elapsed_time: seconds,
    execution_metadata: cost,
    error,
  }: z.output<typeof NodeEnd>): void {
    if (!type || PASSING.has(type) || this.#steps.length >= MOST_STEPS) return
    this.#steps.push({
      title: quote(title || type).slice(0, TITLE_CHARS),
      type: quote(type).slice(0, TITLE_CHARS),
      seconds: Math.round((seconds ?? 0) * 1000) / 1000,
      ...(cost?.total_tokens ? { tokens: cost.total_tokens } : {}),
      ...(cost?.total_price ? { price: decimalOf(cost.total_price) } : {}),
      ...(error ? { error: quote(error) } : {}),
    })
  }

  /** Empty when there was none. */
  get taken(): Pick<Usage, 'steps'> {
    return this.#steps.length === 0 ? {} : { steps: [...this.#steps] }
  }
}
