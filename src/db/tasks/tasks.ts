import type { Selectable } from 'kysely'
import type { ExecutionStatus } from '../../engine/states.ts'
import type { NotifyChoice } from '../../engine/notify.ts'
import type { Cell, Constant, Counts, Inputs, LeftOutRow, Task } from '../../engine/task.ts'
import { inChunks } from '../in-chunks.ts'
import { copyOutputFiles, type EarlierAnswer } from '../rows/carried.ts'
import { parseStrings, toText, withoutNul } from '../json.ts'
import { headingSet } from './heading-set.ts'
import { limitColumns, limitOf } from './limit-columns.ts'
import { amountOf, sizeOf, type TaskLimit } from '../../engine/limits.ts'
import type { Db, TaskTable, Trx } from '../schema.ts'
import { deletedParts, type TaskPart } from './task-parts.ts'
import { errorColumns, errorOf } from '../sentences.ts'

/** A task with its counts, as it is shown to people. */
export interface TaskView extends Task {
  counts: Counts
  /** of the rows that are left: how many wait for a person */
  waiting: number
  leftOut: number
  /** by how much one click raises its limit */
  limitStep?: TaskLimit
  /** it is paused because one more call would not fit its limit */
  atLimit: boolean
  /** paused because one more call would not fit a limit a month, of its workflow or its owner */
  atMonthLimit: boolean
  /** besides its owner and admins, anybody of its thread may answer for rows that wait for a person */
  othersMayAnswer: boolean
  /** how many rows had succeeded when their outputs were last judged; null: never, or some have changed since */
  judged: number | null
  /** how many rows came with their answers from an earlier task */
  carried: number
  /** how many rows send the same as one before them, and so are not called; null: every row is called */
  equal: number | null
  /** when parts of it were deleted because they were old; from then on it cannot run any more */
  deleted: Partial<Record<TaskPart, number>>
}

export interface NewRow {
  row: number
  cells: Cell[]
  inputs: Inputs
  inputHash: string
  keyHash: string
  /** number of the row whose answer it will have */
  leader?: number
  /** it has this one already, from an earlier task */
  answer?: EarlierAnswer
}

/** What was worked out of all its rows (new-rows.ts). */
export interface NewTask {
  rows: number
  leftOut: number
  keyColumns: number[]
  /** by a person; false: found */
  keyChosen: boolean
  equal: number | null
  carried: number
  notify?: NotifyChoice | undefined
}

export async function insertTask(trx: Trx, task: Task, about: NewTask): Promise<void> {
  await trx
    .insertInto('batch_tasks')
    .values({
      id: task.id,
      name: withoutNul(task.name),
      workflow_id: task.workflowId,
      upload_id: task.uploadId,
      file_name: withoutNul(task.fileName),
      sheet: withoutNul(task.sheet),
      heading_row: task.headingRow,
      headings: toText(task.headings),
      heading_set: headingSet(task.headings),
      constants: task.constants ? toText(task.constants) : null,
      ...limitColumns(task.limit),
      limit_step_nano: task.limit ? sizeOf(task.limit) : null,
      status: task.status,
      epoch: task.epoch,
      owner: withoutNul(task.owner),
      owner_key: task.ownerKey,
      nonce: task.nonce,
      concurrency: task.concurrency,
      retries: task.retries,
      timeout_seconds: task.timeoutSeconds,
      pause_after: task.pauseAfter,
      stopped_epoch: task.stoppedEpoch,
      ...(task.error !== null && errorColumns(task.error)),
      total: about.rows,
      succeeded: about.carried,
      left_out: about.leftOut,
      key_columns: toText(about.keyColumns),
      key_chosen: about.keyChosen ? 1 : 0,
      equal_rows: about.equal,
      carried: about.carried,
      notify: about.notify ? toText(about.notify) : null,
      notified_end: null,
      created_at: task.createdAt,
      started_at: task.startedAt,
      finished_at: task.finishedAt,
    })
    .execute()
}

/** @param rows at most 1,000: SQLite allows 32,766 parameters in a statement */
export async function insertExecutions(trx: Trx, taskId: string, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return
  const values = ({ row, cells, inputs, inputHash, keyHash, leader }: NewRow) => ({
    id: `${taskId}.${row}`,
    task_id: taskId,
    row_number: row,
    status: 'pending' as ExecutionStatus,
    cells: toText(cells),
    inputs: toText(inputs),
    input_hash: inputHash,
    key_hash: keyHash,
    leader: leader ?? null,
  })
  const called = rows.filter(({ answer }) => answer === undefined)
  if (called.length > 0) await trx.insertInto('task_executions').values(called.map(values)).execute()

  const carried = rows.flatMap(({ answer, ...row }) => (answer ? [{ row, answer }] : []))
  if (carried.length === 0) return
  await trx
    .insertInto('task_executions')
    .values(
      carried.map(({ row, answer: { id: _id, ...answer } }) => ({
        ...values(row),
        ...answer,
        status: 'succeeded' as const,
      })),
    )
    .execute()
  await copyOutputFiles(
    trx,
    taskId,
    carried.map(({ row: { row }, answer }) => ({ id: `${taskId}.${row}`, row, from: answer.id })),
  )
}

/** These rows are tried before the others. */
export async function markTrial(trx: Trx, taskId: string, rows: readonly number[]): Promise<void> {
  for (const chunk of inChunks([...rows]))
    await trx
      .updateTable('task_executions')
      .set({ trial: 1 })
      .where('task_id', '=', taskId)
      .where('row_number', 'in', chunk)
      .execute()
}

/** @param rows at most 1,000 */
export async function insertLeftOutRows(
  trx: Trx,
  taskId: string,
  rows: readonly LeftOutRow[],
): Promise<void> {
  if (rows.length === 0) return
  await trx
    .insertInto('left_out_rows')
    .values(
      rows.map(({ row, cells, fault, found }) => ({
        task_id: taskId,
        row_number: row,
        cells: toText(cells),
        fault: withoutNul(fault),
        found: found ? toText(found) : null,
      })),
    )
    .execute()
}

export async function findTask(db: Db | Trx, id: string): Promise<TaskView | undefined> {
  const row = await db.selectFrom('batch_tasks').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toTaskView(row)
}

/** Whose task it is; null: nobody’s; undefined: there is no such task. */
export async function findOwnerKey(db: Db, id: string): Promise<string | null | undefined> {
  const row = await db.selectFrom('batch_tasks').select('owner_key').where('id', '=', id).executeTakeFirst()
  return row?.owner_key
}

/**
 * Newest first.
 * @param filter.ownerKey only tasks of this person
 */
export async function listTasks(
  db: Db,
  { limit = 50, offset = 0, ownerKey }: { limit?: number; offset?: number; ownerKey?: string } = {},
): Promise<TaskView[]> {
  let query = db.selectFrom('batch_tasks').selectAll()
  if (ownerKey !== undefined) query = query.where('owner_key', '=', ownerKey)
  const rows = await query
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  return rows.map(toTaskView)
}

/** Tasks in these states, oldest first, for a runner. */
export async function findTasks(db: Db, ids: readonly string[]): Promise<TaskView[]> {
  if (ids.length === 0) return []
  const rows = await db.selectFrom('batch_tasks').selectAll().where('id', 'in', ids).execute()
  return rows.map(toTaskView)
}

export async function listTasksIn(db: Db, statuses: Task['status'][]): Promise<TaskView[]> {
  const rows = await db
    .selectFrom('batch_tasks')
    .selectAll()
    .where('status', 'in', statuses)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toTaskView)
}

export function toTaskView(row: Selectable<TaskTable>): TaskView {
  const limit = limitOf(row)
  const settled = row.succeeded + row.failed + row.cancelled
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    epoch: row.epoch,
    workflowId: row.workflow_id,
    uploadId: row.upload_id,
    fileName: row.file_name,
    sheet: row.sheet,
    headingRow: row.heading_row,
    headings: parseStrings(row.headings),
    // `as`: written by insertTask, from a Task.
    ...(row.constants !== null && { constants: JSON.parse(row.constants) as Constant[] }),
    ...(limit && { limit }),
    ...(limit && row.limit_step_nano !== null && { limitStep: amountOf(limit, row.limit_step_nano) }),
    atLimit: row.status === 'paused' && row.at_limit === 1,
    atMonthLimit: row.status === 'paused' && row.at_limit === 2,
    owner: row.owner,
    ownerKey: row.owner_key,
    nonce: row.nonce,
    concurrency: row.concurrency,
    retries: row.retries,
    timeoutSeconds: row.timeout_seconds,
    pauseAfter: row.pause_after,
    stoppedEpoch: row.stopped_epoch,
    error: errorOf(row),
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    leftOut: row.left_out,
    waiting: row.waiting,
    othersMayAnswer: row.others_may_answer === 1,
    judged: row.judged,
    carried: row.carried,
    equal: row.equal_rows,
    deleted: deletedParts(row),
    counts: {
      total: row.total,
      succeeded: row.succeeded,
      failed: row.failed,
      cancelled: row.cancelled,
      left: row.total - settled,
    },
  }
}
