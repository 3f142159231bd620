import type { Flag } from '../../engine/flag.ts'
import type { Inputs, Outputs } from '../../engine/task.ts'
import { inChunks } from '../in-chunks.ts'
import { parseFlags, parseInputs, parseOutputs, toText } from '../json.ts'
import type { Db, Trx } from '../schema.ts'
import type { TaskView } from '../tasks/tasks.ts'
import { endOfChunk } from './result-rows.ts'

/** A row that succeeded, as it is judged. */
export interface RowToJudge {
  row: number
  /** the attempt that gave these outputs */
  attempt: number
  inputs: Inputs
  outputs: Outputs
}

export interface FlaggedRow {
  row: number
  flags: Flag[]
}

/** In the sheet's order, in parts that are small enough to be held in memory. */
export async function* rowsToJudge(db: Db, taskId: string): AsyncGenerator<RowToJudge[]> {
  for (let after = 0; ;) {
    const last = await endOfChunk(db, taskId, after)
    let query = db
      .selectFrom('task_executions')
      .select(['row_number', 'attempt', 'inputs', 'outputs'])
      .where('task_id', '=', taskId)
      .where('status', '=', 'succeeded')
      .where('row_number', '>', after)
    if (last !== undefined) query = query.where('row_number', '<=', last)
    const rows = await query.orderBy('row_number').execute()
    yield rows.map(({ row_number, attempt, inputs, outputs }) => ({
      row: row_number,
      attempt,
      inputs: parseInputs(inputs),
      outputs: parseOutputs(outputs ?? '{}'),
    }))
    if (last === undefined) return
    after = last
  }
}

/** Flags of these rows, unless they have run again since. An empty list: nothing to look at any more. */
export async function writeFlags(
  trx: Trx,
  taskId: string,
  rows: (FlaggedRow & { attempt: number })[],
): Promise<void> {
  for (const { row, attempt, flags } of rows) {
    await trx
      .updateTable('task_executions')
      .set({ flags: flags.length === 0 ? null : toText(flags) })
      .where('task_id', '=', taskId)
      .where('row_number', '=', row)
      .where('attempt', '=', attempt)
      .where('status', '=', 'succeeded')
      .execute()
  }
}

/** @param task as it was when judging began: if rows have run again since, it is to be judged again */
export async function markJudged(
  trx: Trx,
  { id, counts, finishedAt }: Pick<TaskView, 'id' | 'counts' | 'finishedAt'>,
): Promise<void> {
  await trx
    .updateTable('batch_tasks')
    .set({ judged: counts.succeeded })
    .where('id', '=', id)
    .where('succeeded', '=', counts.succeeded)
    .where('finished_at', finishedAt === null ? 'is' : '=', finishedAt)
    .execute()
}

/** Rows with a flag, in the sheet's order, whether somebody has looked at them or not. */
export async function listFlaggedRows(db: Db, taskId: string): Promise<FlaggedRow[]> {
  return rowsOf(await flaggedIn(db, taskId).execute())
}

/** Of these, the rows that nobody has edited or kept: what is still to look at. */
export async function listRowsToLookAt(db: Db, taskId: string): Promise<FlaggedRow[]> {
  const open = flaggedIn(db, taskId).where('edited_outputs', 'is', null).where('kept', 'is', null)
  return rowsOf(await open.execute())
}

function flaggedIn(db: Db, taskId: string) {
  return db
    .selectFrom('task_executions')
    .select(['row_number', 'flags'])
    .where('task_id', '=', taskId)
    .where('flags', 'is not', null)
    .where('status', '=', 'succeeded')
    .orderBy('row_number')
}

function rowsOf(rows: { row_number: number; flags: string | null }[]): FlaggedRow[] {
  return rows.map(({ row_number, flags }) => ({ row: row_number, flags: parseFlags(flags ?? '[]') }))
}

/** They run again: what was said of their outputs no longer holds. */
export async function clearFlags(trx: Trx, taskId: string, rows: number[]): Promise<void> {
  for (const chunk of inChunks(rows)) {
    await trx
      .updateTable('task_executions')
      .set({ flags: null })
      .where('task_id', '=', taskId)
      .where('row_number', 'in', chunk)
      .where('flags', 'is not', null)
      .execute()
  }
}
