import { estimateRows, estimateTexts } from '../app/estimate.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { averageRowCost } from '../db/stats/estimates.ts'
import type { TaskLimit } from '../engine/limits.ts'
import { textsFor } from '../messages/texts/texts.ts'

/**
 * Where a task pauses, what it will take, and whether that is within its limit.
 * @param rows how many are called; 0: only the limit is said
 */
export async function costLines(
  { db }: Pick<Rowbot, 'db'>,
  workflowId: string,
  { rows, concurrency, limit }: { rows: number; concurrency: number; limit?: TaskLimit | null },
): Promise<string[]> {
  const texts = textsFor('en')
  const cost = rows > 0 ? await averageRowCost(db, workflowId) : undefined
  return [
    ...(limit ? [`${texts.tasks.pausesAt(limit)}.`] : []),
    ...(cost ? estimateTexts(estimateRows(rows, cost, { concurrency, limit: limit ?? null }), texts) : []),
  ]
}
