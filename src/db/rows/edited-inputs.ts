import { sql } from 'kysely'
import type { Db } from '../schema.ts'
import { hasRow } from './has-row.ts'

const HAS_OTHER_INPUTS = sql<boolean>`edited_inputs is not null`

/** Whether a person has put other inputs in place of some row's, or of one between these. */
export function hasEditedInputs(
  db: Db,
  taskId: string,
  rows?: { from: number; to: number },
): Promise<boolean> {
  return hasRow(db, taskId, HAS_OTHER_INPUTS, rows)
}
