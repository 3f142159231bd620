import { monthOf, nextMonth } from '../../engine/month.ts'
import type { MonthLimit, MonthRoom } from '../../engine/month-limit.ts'
import type { Task } from '../../engine/task.ts'
import type { Db, MonthLimitTable, Trx } from '../schema.ts'
import { spendingOf, type TaskSpending } from './task-spending.ts'

/** Whose limit it is: a workflow by its id, a person by their key. */
export type LimitSubject = Pick<MonthLimitTable, 'of' | 'subject'>

export interface StoredLimit extends LimitSubject {
  /** as it was when the limit was set */
  name: string
  limit: MonthLimit
}

/** By which a person's spending is found; of somebody on the command line it is their name. */
export function personOf({ ownerKey, owner }: Pick<Task, 'ownerKey' | 'owner'>): string {
  return ownerKey ?? `name:${owner}`
}

/** @param limit null: none any more */
export async function setMonthLimit(
  trx: Trx,
  { of, subject, name }: Omit<StoredLimit, 'limit'>,
  limit: MonthLimit | null,
): Promise<void> {
  if (limit === null) {
    await trx.deleteFrom('month_limits').where('of', '=', of).where('subject', '=', subject).execute()
    return
  }
  const set =
    'tokens' in limit
      ? { name, currency: null, most_nano: null, tokens: limit.tokens }
      : { name, currency: limit.currency, most_nano: limit.nano, tokens: null }
  await trx
    .insertInto('month_limits')
    .values({ of, subject, ...set })
    .onConflict((conflict) => conflict.columns(['of', 'subject']).doUpdateSet(set))
    .execute()
}

export async function listMonthLimits(db: Db | Trx): Promise<StoredLimit[]> {
  const rows = await db.selectFrom('month_limits').selectAll().orderBy('of').orderBy('name').execute()
  return rows.flatMap(({ of, subject, name, currency, most_nano: nano, tokens }) => {
    const limit =
      tokens !== null ? { tokens } : nano !== null && currency !== null ? { nano, currency } : undefined
    return limit ? [{ of, subject, name, limit }] : []
  })
}

/**
 * What is left this month for a task: by the limit of its workflow and by that of its owner. Empty: neither has one.
 * @param now decides which month it is
 */
export async function monthlyRoom(
  db: Db | Trx,
  task: Pick<Task, 'workflowId' | 'ownerKey' | 'owner'>,
  now: number,
): Promise<MonthRoom[]> {
  const person = personOf(task)
  const limits = (await listMonthLimits(db)).filter(
    ({ of, subject }) => subject === (of === 'workflow' ? task.workflowId : person),
  )
  return Promise.all(
    limits.map(async ({ of, subject, name, limit }) => {
      const spending = await findMonthSpending(db, { of, subject }, monthOf(now))
      return { of, name, ...roomOf(limit, spending), resetsAt: nextMonth(now) }
    }),
  )
}

/** What a workflow or a person has cost in a month. */
export async function findMonthSpending(
  db: Db | Trx,
  { of, subject }: LimitSubject,
  month: string,
): Promise<TaskSpending> {
  return spendingOf(
    await db
      .selectFrom('usage')
      .select(['currency', 'calls', 'tokens', 'whole', 'rest_nano', 'guessed', 'unpriced'])
      .where('month', '=', month)
      .where(of === 'workflow' ? 'workflow_id' : 'person_key', '=', subject)
      .execute(),
  )
}

function roomOf(
  limit: MonthLimit,
  { tokens, prices }: TaskSpending,
): Pick<MonthRoom, 'limit' | 'spent' | 'left'> {
  if ('tokens' in limit)
    return { limit, spent: { tokens }, left: { tokens: Math.max(0, limit.tokens - tokens) } }
  const { currency } = limit
  // What was spent in another currency is not of this limit.
  const nano = prices.find((sum) => sum.currency === currency)?.nano ?? 0n
  return {
    limit,
    spent: { nano, currency },
    left: { nano: nano < limit.nano ? limit.nano - nano : 0n, currency },
  }
}
