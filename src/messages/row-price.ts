import type { ResultRow } from '../engine/task.ts'
import type { Texts } from './texts/texts.ts'

/** What a row has cost, marked where it is estimated. Undefined: nobody knows. */
export function rowPrice(
  { price, priceGuess, currency }: Pick<ResultRow, 'price' | 'priceGuess' | 'currency'>,
  { tasks }: Pick<Texts, 'tasks'>,
): string | undefined {
  if (currency === null) return undefined
  if (priceGuess !== undefined) return tasks.aboutPrice(priceGuess, currency)
  return price === null ? undefined : tasks.price(price, currency)
}
