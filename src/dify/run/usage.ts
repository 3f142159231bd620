import type { Nano } from '../../engine/money.ts'
import type { Usage } from '../../engine/run.ts'

/**
 * Adds up the prices of a run's nodes: the end of a run has its tokens, but no price.
 *
 * Only `node_finished` is counted. Nodes inside an iteration or a loop send theirs, and the iteration itself sends
 * `iteration_completed` with the same money summed, so counting both would count it twice. If a server also
 * sends `node_finished` for the iteration, its type shows that and it is not counted.
 */
export class Bill {
  #price: Nano | undefined
  #currency: string | undefined
  #mixed = false

  add(nodeType: string | null | undefined, price: Nano | null | undefined, currency?: string | null): void {
    if (price === null || price === undefined || nodeType === 'iteration' || nodeType === 'loop') return
    if (price === 0n) {
      this.#price ??= 0n
      return
    }
    if (this.#currency !== undefined && currency && currency !== this.#currency) this.#mixed = true
    this.#currency ??= currency ?? undefined
    this.#price = (this.#price ?? 0n) + price
  }

  /** Empty when no node has a price, and when there are two currencies, because a sum would be wrong. */
  get total(): Pick<Usage, 'price' | 'currency'> {
    if (this.#price === undefined || this.#mixed) return {}
    return {
      price: this.#price,
      ...(this.#currency !== undefined && { currency: this.#currency }),
    }
  }
}

/** The known values, under the engine's names. */
export function usageOf(reported: {
  seconds?: number | null | undefined
  tokens?: number | null | undefined
  price?: Nano | null | undefined
  currency?: string | null | undefined
}): Usage {
  return {
    ...(typeof reported.seconds === 'number' && { seconds: reported.seconds }),
    ...(typeof reported.tokens === 'number' && { tokens: reported.tokens }),
    ...(typeof reported.price === 'bigint' && { price: reported.price }),
    ...(typeof reported.currency === 'string' && reported.currency !== '' && { currency: reported.currency }),
  }
}
