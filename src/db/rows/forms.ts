import { type Selectable, sql } from 'kysely'
import {
  alikeKey,
  type FormStatus,
  type RunForm,
  type RunFormAction,
  type RunFormAnswer,
  type RunFormField,
} from '../../engine/form.ts'
import type { RunKey } from '../../engine/run.ts'
import { toText } from '../json.ts'
import type { Db, FormTable, Trx } from '../schema.ts'
import { isText } from '../sealed/compare.ts'

/** A form as it is stored, with the row that it belongs to and what became of it. */
export interface StoredForm extends RunForm {
  /** ours */
  id: string
  taskId: string
  executionId: string
  attempt: number
  row: number
  /** equal where forms ask the same */
  alike: string
  state: FormStatus
  answer: StoredAnswer | null
  /** since when it waits, ms since 1970 */
  askedAt: number
}

/** An answer that was given through Rowbot. */
export interface StoredAnswer extends RunFormAnswer {
  by: string
  at: number
}

function columnsOf({ action, inputs, by, at }: StoredAnswer) {
  return { action, inputs: toText(inputs), answered_by: by, answered_at: at }
}

const FORGOTTEN = { action: null, inputs: null, answered_by: null, answered_at: null }

/** Exactly as in the index, else the index is not used. */
const UNANSWERED = sql<boolean>`forms.state in ('open', 'answering')`

/**
 * Stores what a run asks. A form that is there already stays as it is, but that it is open again if its run was thought
 * to have gone on without it: of several forms at once, one may be answered before the others.
 */
export async function insertForms(
  trx: Trx,
  run: RunKey & { taskId: string; rowNumber: number },
  forms: RunForm[],
  now: number,
): Promise<void> {
  for (const form of forms) {
    await trx
      .insertInto('forms')
      .values({
        id: Bun.randomUUIDv7(), // in the order in which they are asked
        execution_id: run.executionId,
        attempt: run.attempt,
        task_id: run.taskId,
        row_number: run.rowNumber,
        form_id: form.formId,
        token: form.token,
        node_id: form.nodeId,
        node_title: form.nodeTitle,
        content: form.content,
        fields: toText(form.fields),
        actions: toText(form.actions),
        alike: alikeKey(form),
        expires_at: form.expiresAt,
        created_at: now,
      })
      .onConflict((oc) =>
        oc
          .columns(['execution_id', 'attempt', 'form_id'])
          .doUpdateSet({ state: 'open' })
          .where('forms.state', '=', 'elsewhere'),
      )
      .execute()
  }
}

/** The forms that a task's rows wait for, oldest first. @param alike only those that ask the same as this one */
export async function listOpenForms(
  db: Db | Trx,
  taskId: string,
  {
    alike,
    row,
    limit,
  }: { alike?: string | undefined; row?: number | undefined; limit?: number | undefined } = {},
): Promise<StoredForm[]> {
  let query = db
    .selectFrom('forms')
    .innerJoin('task_executions as e', 'e.id', 'forms.execution_id')
    .selectAll('forms')
    .where('forms.task_id', '=', taskId)
    .where(UNANSWERED)
    .where('e.status', '=', 'waiting')
  if (alike !== undefined) query = query.where(isText('forms.alike', alike))
  if (row !== undefined) query = query.where('forms.row_number', '=', row)
  if (limit !== undefined) query = query.limit(limit)
  const rows = await query
    .orderBy('forms.created_at')
    .orderBy('forms.row_number')
    .orderBy('forms.id')
    .execute()
  return rows.map(toStoredForm)
}

/** How many forms a task’s rows wait for. @param alike only those that ask the same as this one */
export async function countOpenForms(db: Db | Trx, taskId: string, alike?: string): Promise<number> {
  let query = db
    .selectFrom('forms')
    .innerJoin('task_executions as e', 'e.id', 'forms.execution_id')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('forms.task_id', '=', taskId)
    .where(UNANSWERED)
    .where('e.status', '=', 'waiting')
  if (alike !== undefined) query = query.where(isText('forms.alike', alike))
  return (await query.executeTakeFirstOrThrow()).count
}

/** Dify gives no way to answer it from outside, or it asks for a file. */
export function isOnlyInDify({ token, fields }: Pick<StoredForm, 'token' | 'fields'>): boolean {
  return token === null || fields.some(({ type }) => type === 'file' || type === 'file-list')
}

export async function findForm(db: Db | Trx, id: string): Promise<StoredForm | undefined> {
  const row = await db.selectFrom('forms').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toStoredForm(row)
}

/** Every form of a run, oldest first. */
export async function listFormsOfRun(db: Db | Trx, { executionId, attempt }: RunKey): Promise<StoredForm[]> {
  const rows = await db
    .selectFrom('forms')
    .selectAll()
    .where('execution_id', '=', executionId)
    .where('attempt', '=', attempt)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toStoredForm)
}

/** Every form that a row has waited for, oldest first. */
export async function listFormsOfRow(db: Db | Trx, executionId: string): Promise<StoredForm[]> {
  const rows = await db
    .selectFrom('forms')
    .selectAll()
    .where('execution_id', '=', executionId)
    .orderBy('attempt')
    .orderBy('created_at')
    .execute()
  return rows.map(toStoredForm)
}

/** Takes an open form to answer it, so that nobody else does at the same time. False: it is not open any more. */
export async function takeForm(trx: Trx, id: string, answer: StoredAnswer): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('forms')
    .set({ state: 'answering', ...columnsOf(answer) })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/**
 * Dify has confirmed this answer, so it is the one that counts, even if it was on its way for so long that the form was
 * opened again and somebody else began to answer it. False: it was stored already.
 */
export async function confirmAnswer(trx: Trx, id: string, answer: StoredAnswer): Promise<boolean> {
  const { by, at } = answer
  const { numUpdatedRows } = await trx
    .updateTable('forms')
    .set({ state: 'answered', ...columnsOf(answer) })
    .where('id', '=', id)
    .where((eb) =>
      eb.or([eb('state', '<>', 'answered'), eb('answered_at', '<>', at), eb('answered_by', '<>', by)]),
    )
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** What became of a form that was taken to be answered. False, and nothing changed: somebody else has it by now. */
export async function leaveForm(
  trx: Db | Trx,
  id: string,
  { by, at }: Pick<StoredAnswer, 'by' | 'at'>,
  state: 'open' | 'elsewhere' | 'expired',
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('forms')
    .set({ state, ...FORGOTTEN })
    .where('id', '=', id)
    .where('state', '=', 'answering')
    .where('answered_at', '=', at)
    .where('answered_by', '=', by)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** What became of a form. Opened again, it forgets the answer that has not arrived. */
export async function setFormState(
  trx: Db | Trx,
  id: string,
  state: FormStatus,
  from: FormStatus[],
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('forms')
    .set({ state, ...(state !== 'answered' && state !== 'answering' && FORGOTTEN) })
    .where('id', '=', id)
    .where('state', 'in', from)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

function toStoredForm(row: Selectable<FormTable>): StoredForm {
  return {
    id: row.id,
    taskId: row.task_id,
    executionId: row.execution_id,
    attempt: row.attempt,
    row: row.row_number,
    formId: row.form_id,
    token: row.token,
    nodeId: row.node_id,
    nodeTitle: row.node_title,
    content: row.content,
    // Written by insertForms, from a RunForm.
    fields: JSON.parse(row.fields) as RunFormField[],
    actions: JSON.parse(row.actions) as RunFormAction[],
    alike: row.alike,
    expiresAt: row.expires_at,
    state: row.state,
    answer:
      row.action === null || row.answered_by === null || row.answered_at === null
        ? null
        : {
            action: row.action,
            inputs: parseInputTexts(row.inputs),
            by: row.answered_by,
            at: row.answered_at,
          },
    askedAt: row.created_at,
  }
}

function parseInputTexts(text: string | null): Record<string, string> {
  // Written by takeForm, from an answer.
  return text === null ? {} : (JSON.parse(text) as Record<string, string>)
}
