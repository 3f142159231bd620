import type { Selectable } from 'kysely'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import type { TaskTable, Trx } from '../schema.ts'
import { findComparison } from './comparisons.ts'

/**
 * What of an ended task is deleted when it is old, each by its own setting: the workbook with the files that came along;
 * cells and inputs; outputs and errors; files among the outputs; the log.
 */
export const TASK_PARTS = ['upload', 'inputs', 'outputs', 'files', 'log'] as const
export type TaskPart = (typeof TASK_PARTS)[number]

export function deletedParts(
  row: Pick<Selectable<TaskTable>, `${TaskPart}_deleted_at`>,
): Partial<Record<TaskPart, number>> {
  return Object.fromEntries(
    TASK_PARTS.flatMap((part) => {
      const at = row[`${part}_deleted_at`]
      return at === null ? [] : [[part, at]]
    }),
  )
}

/** Without these a row can be neither sent again nor have its answer. */
const TO_RUN = ['upload', 'inputs', 'outputs'] as const satisfies readonly TaskPart[]

/**
 * Of a comparison, both tasks are looked at: they act together.
 * @throws UserError if what is needed to run its rows was deleted
 */
export async function requireWhole(trx: Trx, id: string): Promise<void> {
  const found = await findComparison(trx, id)
  const ids = found && found.chosen === null ? [found.a, found.b] : [id]
  const tasks = await trx.selectFrom('batch_tasks').selectAll().where('id', 'in', ids).execute()
  for (const task of tasks) {
    const deleted = deletedParts(task)
    const at = TO_RUN.map((part) => deleted[part]).find((one) => one !== undefined)
    if (at !== undefined)
      throw new UserError(
        say('task-parts-deleted', { task: task.name, date: dateOf(at) }),
        say('do-send-file-anew'),
      )
  }
}

/** `2026-11-28`, in UTC: for sentences that several languages share. */
export function dateOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
