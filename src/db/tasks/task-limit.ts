import { sql } from 'kysely'
import { type TaskLimit, sizeOf, type SpentOfLimit, unitOf } from '../../engine/limits.ts'
import { type Nano, NANO_PER_UNIT } from '../../engine/money.ts'
import { compiledOnce } from '../compiled.ts'
import type { RaisedLimit } from '../../engine/engine.ts'
import { meanPriceOf } from '../runs/mean-price.ts'
import type { Db, Trx } from '../schema.ts'
import { limitColumns, limitOf } from './limit-columns.ts'

const findLimit = compiledOnce((db, { id }: { id: string }) =>
  db.selectFrom('batch_tasks').select(['limit_nano', 'limit_currency', 'limit_tokens']).where('id', '=', id),
)

const sumCalls = compiledOnce((db, { id, currency }: { id: string; currency: string }) => {
  const isOpen = sql<boolean>`status = 'open'`
  const ran = sql<boolean>`status in ('succeeded', 'failed', 'stopped', 'unknown')`
  const reported = sql<boolean>`price_nano is not null and currency = ${currency}`
  const unreported = sql<boolean>`(price_nano is null or currency is null or currency <> ${currency})`
  const streamed = sql<boolean>`status in ('succeeded', 'failed') and learnt = 'stream'`
  const unit = sql.lit(Number(NANO_PER_UNIT))
  return db
    .selectFrom('runs')
    .select([
      sql<Nano | null>`sum(case when ${reported} then price_nano / ${unit} end)`.as('whole_nano'),
      sql<Nano | null>`sum(case when ${reported} then price_nano % ${unit} end)`.as('rest_nano'),
      sql<number | string | null>`sum(case when ${ran} and ${reported} then 1 else 0 end)`.as('priced'),
      sql<number | string | null>`sum(case when ${ran} then 1 else 0 end)`.as('ran'),
      sql<number | string | null>`sum(case when ${isOpen} then 1 else 0 end)`.as('open'),
      sql<number | string | null>`sum(tokens)`.as('tokens'),
      sql<number | string | null>`sum(case when ${ran} and tokens is not null then 1 else 0 end)`.as(
        'counted',
      ),
      sql<number | string | null>`sum(case when ${streamed} and ${unreported} then 1 else 0 end)`.as(
        'untold',
      ),
      sql<number | string | null>`sum(case when ${streamed} and tokens is null then 1 else 0 end)`.as(
        'uncounted',
      ),
    ])
    .where('task_id', '=', id)
})

/** What a task has spent of its limit, by every call that it has made. Undefined: it has no limit. */
export async function findSpentOfLimit(
  db: Db | Trx,
  id: string,
): Promise<{ limit: TaskLimit; spent: SpentOfLimit } | undefined> {
  const [task] = (await findLimit(db, { id })).rows
  const limit = task && limitOf(task)
  if (!limit) return undefined
  const currency = 'tokens' in limit ? '' : limit.currency
  const [sums] = (await sumCalls(db, { id, currency })).rows
  const inTokens = 'tokens' in limit
  const ran = Number(sums?.ran ?? 0)
  const tellers = Number((inTokens ? sums?.counted : sums?.priced) ?? 0)
  // BigInt: Postgres sends a sum as text.
  const nano = BigInt(sums?.whole_nano ?? 0) * NANO_PER_UNIT + BigInt(sums?.rest_nano ?? 0)
  const before = inTokens || tellers > 0 ? undefined : await meanPriceOf(db, id)
  return {
    limit,
    spent: {
      limit: sizeOf(limit),
      reported: inTokens ? BigInt(sums?.tokens ?? 0) : nano,
      tellers,
      silent: ran - tellers,
      untold: Number((inTokens ? sums?.uncounted : sums?.untold) ?? 0),
      open: Number(sums?.open ?? 0),
      meanBefore: before?.currency === currency ? before.nano : undefined,
    },
  }
}

/**
 * A task is raised by what its first limit was; by the new one, if that is in another unit.
 * @param limit undefined: none any more
 */
export async function setTaskLimit(trx: Trx, id: string, limit: TaskLimit | undefined): Promise<void> {
  const [task] = (await findLimit(trx, { id })).rows
  const before = task && limitOf(task)
  const isSameUnit = before && limit && unitOf(before) === unitOf(limit)
  await trx
    .updateTable('batch_tasks')
    .set({
      ...limitColumns(limit),
      ...(!isSameUnit && { limit_step_nano: limit ? sizeOf(limit) : null }),
    })
    .where('id', '=', id)
    .execute()
}

/**
 * Raises the limit of a task that is paused at it.
 * @returns false if it is not, because somebody else has just changed it
 */
export async function raiseTaskLimit(trx: Trx, id: string, { from, to }: RaisedLimit): Promise<boolean> {
  const [task] = (await findLimit(trx, { id })).rows
  const now = task && limitOf(task)
  if (!now || unitOf(now) !== unitOf(from) || sizeOf(now) !== sizeOf(from)) return false
  const { numUpdatedRows } = await trx
    .updateTable('batch_tasks')
    .set({ ...limitColumns(to), at_limit: 0 })
    .where('id', '=', id)
    .where('status', '=', 'paused')
    .where('at_limit', '=', 1)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
