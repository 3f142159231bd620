import { findSpentOfLimit } from '../db/tasks/task-limit.ts'
import type { Db } from '../db/schema.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import {
  admit,
  amountOf,
  isUntold,
  type TaskLimit,
  type LimitUse,
  meanBy,
  sizeOf,
  spentBy,
} from '../engine/limits.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import { priceText } from './results.ts'

/**
 * Undefined: it has no limit.
 * @param limit as if this were its limit, in the same unit
 */
export async function findLimitUse(
  db: Db,
  { id, counts }: Pick<TaskView, 'id' | 'counts'>,
  limit?: TaskLimit,
): Promise<LimitUse | undefined> {
  const found = await findSpentOfLimit(db, id)
  if (!found) return undefined
  const held = limit ?? found.limit
  const spent = { ...found.spent, limit: sizeOf(held) }
  const mean = meanBy(spent)
  return {
    limit: held,
    spent: amountOf(held, spentBy(spent)),
    isUsedUp: admit(spent) !== 'go' && spent.open === 0,
    isUntold: isUntold(spent),
    rowsLeft: counts.left,
    rest: mean === undefined ? undefined : amountOf(held, mean * BigInt(counts.left)),
  }
}

/** `4.98 of 5 USD spent; 61 rows left, about 3.1 USD` */
export function limitUseText({ limit, spent, rowsLeft, rest, isUntold: untold }: LimitUse): string {
  const rows = `${rowsLeft} row${rowsLeft === 1 ? '' : 's'} left`
  if (untold)
    return `No call has told what it cost, so that the limit of ${amountText(limit)} cannot be held; ${rows}`
  const about = rest && rowsLeft > 0 ? `, about ${amountText(rest)}` : ''
  return `${sizeText(spent)} of ${amountText(limit)} spent; ${rows}${about}`
}

function sizeText(limit: TaskLimit): string {
  return 'tokens' in limit ? limit.tokens.toLocaleString('en') : priceText(limit.nano)
}

function amountText(limit: TaskLimit): string {
  return `${sizeText(limit)} ${'tokens' in limit ? 'tokens' : limit.currency}`
}

/** @throws UserError if no further call fits its limit: it would pause again at once */
export async function requireWithinLimit(db: Db, task: TaskView): Promise<void> {
  if (!task.limit || task.status !== 'paused' || task.counts.left === 0) return
  const use = await findLimitUse(db, task)
  if (!use?.isUsedUp) return
  const { limit, spent } = limitUseWords(use)
  throw new UserError(
    use.isUntold
      ? say('task-limit-untold', { limit })
      : say('task-at-limit', { spent, limit, left: use.rowsLeft }),
    say('do-raise-limit'),
  )
}

/** For a sentence. */
export function limitUseWords({ spent, limit }: Pick<LimitUse, 'spent' | 'limit'>) {
  return { spent: sizeText(spent), limit: amountText(limit) }
}
