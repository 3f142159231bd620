import type { Selectable } from 'kysely'
import type { SideName } from '../../engine/comparison.ts'
import type { ComparisonTable, Db, Trx } from '../schema.ts'

/** Two tasks that run the same rows. */
export interface ComparedTasks extends Record<SideName, string> {
  /** id of the one that went on with all rows: from then on each is a task of its own */
  chosen: string | null
}

export async function insertComparison(trx: Trx, a: string, b: string): Promise<void> {
  await trx.insertInto('comparisons').values({ task_a: a, task_b: b, chosen: null }).execute()
}

/** The comparison that a task is one of the two of. */
export async function findComparison(db: Db | Trx, taskId: string): Promise<ComparedTasks | undefined> {
  const row = await db
    .selectFrom('comparisons')
    .selectAll()
    .where((eb) => eb.or([eb('task_a', '=', taskId), eb('task_b', '=', taskId)]))
    .executeTakeFirst()
  return row && toComparedTasks(row)
}

/** The tasks that act together as long as none of them was chosen: this one first. Of no comparison: this one alone. */
export async function actingTogether(trx: Trx, taskId: string): Promise<string[]> {
  const found = await findComparison(trx, taskId)
  return found && found.chosen === null ? [taskId, otherOf(found, taskId)] : [taskId]
}

/** False: one was chosen before. */
export async function markChosen(
  trx: Trx,
  { a }: Pick<ComparedTasks, 'a'>,
  taskId: string,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('comparisons')
    .set({ chosen: taskId })
    .where('task_a', '=', a)
    .where('chosen', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export function otherOf({ a, b }: Pick<ComparedTasks, SideName>, taskId: string): string {
  return taskId === a ? b : a
}

function toComparedTasks({ task_a: a, task_b: b, chosen }: Selectable<ComparisonTable>): ComparedTasks {
  return { a, b, chosen }
}
