import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import type { RunRef } from '../../engine/outcome.ts'
import { inChunks } from '../in-chunks.ts'
import { parseOutputs, parseStrings } from '../json.ts'
import { listRunsOfRow } from '../runs/run-facts.ts'
import type { Db, Trx } from '../schema.ts'
import { lackingOutputs } from '../../engine/required-outputs.ts'

/* Rows that a new task takes with their answers from an earlier one, because they send the same. */

/** What a row of an earlier task gave. */
export interface EarlierAnswer {
  outputs: string
  warning: string | null
  warning_sentence: string | null
  workflow_run_id: string | null
  workflow_version: string | null
  /** what a person has said of it, which belongs to it */
  edited_outputs: string | null
  kept: string | null
  /** where it was called: the row of the earlier task, or where that one had it from */
  origin_task: string
  origin_row: number
  /** the row of the earlier task */
  id: string
}

interface RowsWithAnswers {
  /** their numbers, by input hash */
  rows: Map<string, number>
  /** some row was answered by the version that was seen last, even if its answer lacks an output that must be there */
  hasThisVersion: boolean
}

/**
 * The rows of a task whose answers can be carried over, by what they send: of rows that send the same, the first. Rows
 * that succeeded under the version of the workflow that was seen last; a workflow whose runs name no version has only one.
 */
export async function listAnsweredRows(db: Db, taskId: string): Promise<RowsWithAnswers> {
  const required = await requiredOf(db, taskId)
  const answered = new Map<string, number>()
  let hasThisVersion = false
  for (let after = 0; ;) {
    const query = sameVersion(db, taskId)
      .select(['e.row_number', 'e.input_hash'])
      .where('e.row_number', '>', after)
      .orderBy('e.row_number')
      .limit(ROWS_READ)
    // Outputs are read only where some must be there.
    const rows =
      required.length === 0
        ? (await query.execute()).map((row) => ({ ...row, outputs: null }))
        : await query.select('e.outputs').execute()
    for (const { row_number, input_hash, outputs } of rows)
      if (input_hash !== null && !answered.has(input_hash) && isWhole(outputs, required))
        answered.set(input_hash, row_number)
    const last = rows.at(-1)
    hasThisVersion ||= last !== undefined
    if (!last || rows.length < ROWS_READ) return { rows: answered, hasThisVersion }
    after = last.row_number
    await setImmediate() // lets everybody else have a turn
  }
}

const ROWS_READ = 5_000

/** The answers of these rows of a task, by input hash: of those that can still be carried over. */
export async function findAnswers(
  db: Db | Trx,
  taskId: string,
  rowNumbers: number[],
): Promise<Map<string, EarlierAnswer>> {
  const answers = new Map<string, EarlierAnswer>()
  if (rowNumbers.length === 0) return answers
  const required = await requiredOf(db, taskId)
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
      'e.edited_outputs',
      'e.kept',
      'e.origin_task',
      'e.origin_row',
    ])
    .where('e.row_number', 'in', rowNumbers)
    .execute()
  for (const { input_hash, row_number, outputs, origin_task, origin_row, ...answer } of rows) {
    if (input_hash === null || !isWhole(outputs, required)) continue
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
  const { rows, hasThisVersion } = await listAnsweredRows(db, taskId)
  const all = await db
    .selectFrom('task_executions')
    .select(['key_hash', 'status'])
    .where('task_id', '=', taskId)
    .where('key_hash', 'is not', null)
    .execute()
  return {
    answered: new Set(rows.keys()),
    keys: new Set(all.flatMap(({ key_hash }) => key_hash ?? [])),
    wereOlder: !hasThisVersion && all.some(({ status }) => status === 'succeeded'),
  }
}

/** An answer from before an output had to be there may lack it. */
function isWhole(outputs: string | null, required: string[]): boolean {
  return required.length === 0 || lackingOutputs(parseOutputs(outputs ?? '{}'), required).length === 0
}

async function requiredOf(db: Db | Trx, taskId: string): Promise<string[]> {
  const workflow = await db
    .selectFrom('batch_tasks as t')
    .innerJoin('workflows as w', 'w.id', 't.workflow_id')
    .select('w.required_outputs')
    .where('t.id', '=', taskId)
    .executeTakeFirst()
  return parseStrings(workflow?.required_outputs ?? '[]')
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
    .whereRef('e.origin_task', '!=', 'e.task_id')
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

/**
 * The run that gave a row its outputs, to be looked up once more: of the row itself, of the one that it follows, or of
 * one of an earlier task. That one may have run again since and have another answer, or its task may be deleted: the
 * run’s own id is with every row that has its answer.
 */
export async function findRunOfAnswer(db: Db, taskId: string, row: number): Promise<RunRef | undefined> {
  const found = await db
    .selectFrom('task_executions')
    .select(['leader', 'origin_task', 'origin_row', 'workflow_run_id'])
    .where('task_id', '=', taskId)
    .where('row_number', '=', row)
    .executeTakeFirst()
  if (!found) return undefined
  const runs = await listRunsOfRow(db, found.origin_task ?? taskId, found.origin_row ?? found.leader ?? row)
  const id = found.workflow_run_id
  const run =
    id === null
      ? runs.findLast(({ status }) => status === 'succeeded')
      : runs.find(({ workflowRunId, messageId }) => workflowRunId === id || messageId === id)
  if (run) return { ...run, attemptedAt: run.sentAt }
  return id === null ? undefined : { workflowRunId: id, user: NOBODY, attemptedAt: 0 }
}

/** No call has this user: nothing is found by it but by the run’s id. */
const NOBODY = 'rowbot-nobody'
