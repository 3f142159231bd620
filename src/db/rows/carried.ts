import { sql } from 'kysely'
import { inChunks } from '../in-chunks.ts'
import type { Db, Trx } from '../schema.ts'

/* Rows that a new task takes with their answers from an earlier one, because they send the same. */

/** What a row of an earlier task gave. */
export interface EarlierAnswer {
  outputs: string
  warning: string | null
  warning_sentence: string | null
  workflow_run_id: string | null
  workflow_version: string | null
  /** where it was called: the row of the earlier task, or where that one had it from */
  origin_task: string
  origin_row: number
  /** the row of the earlier task */
  id: string
}

/**
 * The answers of these rows of a task, by input hash: of rows that succeeded under the version of the workflow that was
 * seen last. A workflow whose runs name no version has only one.
 */
export async function findAnswers(
  db: Db | Trx,
  taskId: string,
  hashes: string[],
): Promise<Map<string, EarlierAnswer>> {
  const answers = new Map<string, EarlierAnswer>()
  if (hashes.length === 0) return answers
  const rows = await sameVersion(db, taskId)
    .select([
      'e.id',
      'e.row_number',
      'e.input_hash',
      'e.outputs',
      'e.warning',
      'e.warning_sentence',
      'e.workflow_run_id',
      'e.workflow_version',
      'e.origin_task',
      'e.origin_row',
    ])
    .where('e.input_hash', 'in', hashes)
    .orderBy('e.row_number')
    .execute()
  for (const { input_hash, row_number, outputs, origin_task, origin_row, ...answer } of rows) {
    if (input_hash === null || answers.has(input_hash)) continue
    answers.set(input_hash, {
      ...answer,
      outputs: outputs ?? '{}',
      origin_task: origin_task ?? taskId,
      origin_row: origin_row ?? row_number,
    })
  }
  return answers
}

/** The input hashes whose answers can be carried over, and the key hashes of all rows of the task. */
export async function hashesOfTask(
  db: Db,
  taskId: string,
): Promise<{ answered: Set<string>; keys: Set<string>; wereOlder: boolean }> {
  const answered = await sameVersion(db, taskId).select('e.input_hash').distinct().execute()
  const all = await db
    .selectFrom('task_executions')
    .select(['key_hash', 'status'])
    .where('task_id', '=', taskId)
    .where('key_hash', 'is not', null)
    .execute()
  return {
    answered: new Set(answered.flatMap(({ input_hash }) => input_hash ?? [])),
    keys: new Set(all.flatMap(({ key_hash }) => key_hash ?? [])),
    wereOlder: answered.length === 0 && all.some(({ status }) => status === 'succeeded'),
  }
}

function sameVersion(db: Db | Trx, taskId: string) {
  return db
    .selectFrom('task_executions as e')
    .innerJoin('batch_tasks as t', 't.id', 'e.task_id')
    .innerJoin('workflows as w', 'w.id', 't.workflow_id')
    .where('e.task_id', '=', taskId)
    .where('e.status', '=', 'succeeded')
    .where('e.input_hash', 'is not', null)
    .where(sql<boolean>`coalesce(e.workflow_version, '') = coalesce(w.version, '')`)
}

/** Rows of a task that were carried over, and that the workflow as last seen might answer otherwise. */
export async function countOutdated(db: Db, taskId: string): Promise<number> {
  const { count } = await db
    .selectFrom('task_executions as e')
    .innerJoin('batch_tasks as t', 't.id', 'e.task_id')
    .innerJoin('workflows as w', 'w.id', 't.workflow_id')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('e.task_id', '=', taskId)
    .where('e.origin_task', 'is not', null)
    .where('e.status', '=', 'succeeded')
    .where(sql<boolean>`coalesce(e.workflow_version, '') <> coalesce(w.version, '')`)
    .executeTakeFirstOrThrow()
  return count
}

/** Gives rows of a new task the files of the rows that their answers are from: the bytes are there, by their hash. */
export async function copyOutputFiles(
  trx: Trx,
  taskId: string,
  rows: { id: string; row: number; from: string }[],
): Promise<void> {
  const byOrigin = new Map<string, { id: string; row: number }[]>()
  for (const { from, ...row } of rows) byOrigin.set(from, [...(byOrigin.get(from) ?? []), row])
  const files = await trx
    .selectFrom('output_files')
    .selectAll()
    .where('execution_id', 'in', [...byOrigin.keys()])
    .execute()
  const copies = files.flatMap((file) =>
    (byOrigin.get(file.execution_id) ?? []).map(({ id, row }) => ({
      ...file,
      execution_id: id,
      task_id: taskId,
      row_number: row,
    })),
  )
  for (const chunk of inChunks(copies)) await trx.insertInto('output_files').values(chunk).execute()
}

/** The row whose call gave this row its outputs: itself, the one that it follows, or one of an earlier task. */
export async function findSourceRow(
  db: Db,
  taskId: string,
  row: number,
): Promise<{ taskId: string; row: number }> {
  const found = await db
    .selectFrom('task_executions')
    .select(['leader', 'origin_task', 'origin_row'])
    .where('task_id', '=', taskId)
    .where('row_number', '=', row)
    .executeTakeFirst()
  if (found && found.origin_task !== null && found.origin_row !== null)
    return { taskId: found.origin_task, row: found.origin_row }
  return { taskId, row: found?.leader ?? row }
}
