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
    .where('e.input_hash', 'in', hashes)
    .orderBy('e.row_number')
    .execute()
  for (const { input_hash, row_number, outputs, origin_task, origin_row, ...answer } of rows) {
    if (input_hash === null || answers.has(input_hash) || !isWhole(outputs, required)) continue
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
  const required = await requiredOf(db, taskId)
  const { answered, ofThisVersion } = await answersOf(db, taskId, required)
  const all = await db
    .selectFrom('task_executions')
    .select(['key_hash', 'status'])
    .where('task_id', '=', taskId)
    .where('key_hash', 'is not', null)
    .execute()
  return {
    answered: new Set(answered),
    keys: new Set(all.flatMap(({ key_hash }) => key_hash ?? [])),
    wereOlder: ofThisVersion === 0 && all.some(({ status }) => status === 'succeeded'),
  }
}

/** Outputs are read only where some must be there. */
async function answersOf(
  db: Db,
  taskId: string,
  required: string[],
): Promise<{ answered: string[]; ofThisVersion: number }> {
  const query = sameVersion(db, taskId).select('e.input_hash').distinct()
  const rows =
    required.length === 0
      ? (await query.execute()).map((row) => ({ ...row, outputs: null }))
      : await query.select('e.outputs').execute()
  const answered = rows.filter(({ outputs }) => isWhole(outputs, required))
  return { answered: answered.flatMap(({ input_hash }) => input_hash ?? []), ofThisVersion: rows.length }
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
