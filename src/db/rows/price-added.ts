import { type ExpressionBuilder, sql } from 'kysely'
import type { Nano } from '../../engine/money.ts'
import type { Schema } from '../schema.ts'

/**
 * Adds the price of a call to its row. A row shows one currency: a call in another one is only in `runs`, and in what
 * the task has cost.
 */
export function priceAdded(
  eb: ExpressionBuilder<Schema, 'task_executions'>,
  price: Nano,
  currency: string | undefined,
) {
  const fits =
    currency === undefined
      ? eb('currency', 'is', null)
      : eb.or([eb('currency', 'is', null), eb('currency', '=', currency)])
  return {
    price_nano: eb
      .case()
      .when(fits)
      .then(eb(eb.fn.coalesce('price_nano', sql<Nano>`0`), '+', eb.val(price)))
      .else(eb.ref('price_nano'))
      .end(),
    ...(currency !== undefined && { currency: eb.fn.coalesce('currency', eb.val(currency)) }),
  }
}
