import type { FormStatus, RunForm } from '../../engine/form.ts'
import type { Settlement } from '../../engine/settle.ts'
import type { Run, RunKey, Usage } from '../../engine/run.ts'
import type { Claim } from '../../engine/task.ts'
import type { AskedForm, WaitingRow, WaitingStore } from '../../engine/waiting-row.ts'
import { endRun, toRun } from '../runs/runs.ts'
import type { Db, Trx } from '../schema.ts'
import { insertLog } from '../tasks/logs.ts'
import { pauseAfterTrial } from '../tasks/runner-moves.ts'
import type { Write } from '../writer.ts'
import { handOn } from './followers.ts'
import { priceAdded } from './price-added.ts'
import { findForm, insertForms, listFormsOfRun, setFormState, type StoredForm } from './forms.ts'
import { say, type Sentence } from '../../engine/sentence.ts'
import { errorColumns } from '../sentences.ts'

/* Rows whose run waits for a person. Nobody holds them, so each write checks that the row still waits. */

export function createWaitingStore(db: Db, write: Write): WaitingStore {
  return {
    next: (taskId) => findNextWaiting(db, taskId),
    lookAgain: ({ executionId }, at) => write((trx) => lookAgainAt(trx, executionId, at)),
    goOn: (row, steady, now) => write((trx) => goOnWithout(trx, row, steady, now)),
    ask: (row, forms, now) => write((trx) => askAnew(trx, row, forms, now)),
    setForm: (form, status, now) => write((trx) => learnOfForm(trx, form, status, now)),
    fail: (row, error, now) => write((trx) => failWaiting(trx, row, error, now)),
  }
}

/** Its run has paused: stores what it asks, and what it has cost so far. Its workflow is known to pause from now on. */
export async function startWaiting(
  trx: Trx,
  { id, attempt, taskId, rowNumber }: Claim,
  { forms, usage, serverVersion }: Extract<Settlement, { status: 'waiting' }>,
  { at, steady = at }: { at: number; steady?: number },
): Promise<void> {
  await insertForms(trx, { executionId: id, attempt, taskId, rowNumber }, forms, at)
  await countWaiting(trx, taskId, 1)
  const stored = await listFormsOfRun(trx, { executionId: id, attempt })
  // Answered, and not gone on yet: it will, or ask something new, in a moment.
  if (stored.every(({ state }) => state !== 'open')) await lookAgainAt(trx, id, steady)
  const { tokens, price, currency = null } = usage
  if (tokens !== undefined || price !== undefined) {
    await trx
      .updateTable('runs')
      .set({
        ...(tokens !== undefined && { tokens }),
        ...(price !== undefined && { price_nano: price, currency }),
      })
      .where('execution_id', '=', id)
      .where('attempt', '=', attempt)
      .execute()
  }
  await trx
    .updateTable('workflows')
    .set((eb) => ({
      pauses_since: eb.fn.coalesce('pauses_since', eb.val(at)),
      ...(serverVersion !== undefined && { server_version: serverVersion }),
    }))
    .where('id', '=', (eb) => eb.selectFrom('batch_tasks').select('workflow_id').where('id', '=', taskId))
    .execute()
}

/** The row whose run is to be looked up first. Undefined: no row of the task waits. */
async function findNextWaiting(db: Db, taskId: string): Promise<WaitingRow | undefined> {
  const row = await db
    .selectFrom('task_executions')
    .select('id')
    .where('task_id', '=', taskId)
    .where('status', '=', 'waiting')
    .orderBy('available_at')
    .orderBy('row_number')
    .limit(1)
    .executeTakeFirst()
  return row && findWaitingRow(db, row.id)
}

export async function findWaitingRow(db: Db | Trx, executionId: string): Promise<WaitingRow | undefined> {
  const row = await db
    .selectFrom('runs')
    .innerJoin('task_executions as e', (join) =>
      join.onRef('e.id', '=', 'runs.execution_id').onRef('e.attempt', '=', 'runs.attempt'),
    )
    .selectAll('runs')
    .select('e.available_at')
    .where('e.id', '=', executionId)
    .where('e.status', '=', 'waiting')
    .executeTakeFirst()
  if (!row) return undefined
  const run = toRun(row)
  const forms = await listFormsOfRun(db, run)
  return {
    executionId,
    taskId: run.taskId,
    row: run.rowNumber,
    run,
    availableAt: row.available_at,
    forms: forms.map(({ answer, ...form }) => ({ ...form, answeredAt: answer?.at ?? null })),
  }
}

/** Dify is to be asked about its run at this time, on the monotonic clock. */
export async function lookAgainAt(trx: Trx, executionId: string, at: number): Promise<void> {
  await trx
    .updateTable('task_executions')
    .set({ available_at: Math.round(at) })
    .where('id', '=', executionId)
    .where('status', '=', 'waiting')
    .execute()
}

/**
 * Its run goes on: the row is to be claimed, and its run followed to its end. The row's time counts from now.
 * @param steady the time on the monotonic clock
 */
export async function wakeRow(
  trx: Trx,
  { executionId, taskId, run }: Pick<WaitingRow, 'executionId' | 'taskId' | 'run'>,
  steady: number,
): Promise<boolean> {
  if (!(await endWaiting(trx, executionId, run.attempt, { status: 'pending', available_at: 0, error: null })))
    return false
  await trx
    .updateTable('runs')
    .set({ resumed_at: Math.round(steady), heard_at: Math.round(steady) })
    .where('execution_id', '=', executionId)
    .where('attempt', '=', run.attempt)
    .execute()
  await countWaiting(trx, taskId, -1)
  return true
}

/** It goes on, and not because of an answer through Rowbot; or the confirmation of that answer was lost. */
async function goOnWithout(trx: Trx, row: WaitingRow, steady: number, now: number): Promise<void> {
  if (await wakeRow(trx, row, steady)) await closeForms(trx, row.run, now)
}

/**
 * A run has gone on, or is over: what it asked was answered in Dify itself, or is late, or had an answer whose confirmation
 * was lost.
 */
export async function closeForms(trx: Trx, run: RunKey, now: number): Promise<void> {
  // As they are now: somebody may have begun to answer while Dify was asked.
  for (const { id, state, expiresAt } of await listFormsOfRun(trx, run)) {
    if (state === 'open')
      await setFormState(trx, id, (expiresAt ?? now) < now ? 'expired' : 'elsewhere', ['open'])
    if (state === 'answering') await learnOfForm(trx, { id, state }, 'answered', now)
  }
}

/** It asks this now; what else was open has been answered in Dify, or is late. */
async function askAnew(trx: Trx, { run, forms }: WaitingRow, asked: RunForm[], now: number): Promise<void> {
  await insertForms(trx, run, asked, now)
  for (const { id, formId, expiresAt } of forms) {
    if (asked.some((form) => form.formId === formId)) continue
    await setFormState(trx, id, (expiresAt ?? now) < now ? 'expired' : 'elsewhere', ['open'])
  }
}

/**
 * It is found out what became of a form, or of an answer whose confirmation was lost.
 * @param seen as it was when Dify was asked: if it has changed since, what Dify said is out of date
 */
async function learnOfForm(
  trx: Trx,
  seen: Pick<AskedForm, 'id' | 'state'>,
  status: FormStatus,
  now: number,
): Promise<void> {
  const form = await findForm(trx, seen.id)
  const isNew = await setFormState(trx, seen.id, status, [seen.state])
  if (isNew && form && status === 'answered') await logAnswer(trx, form, now)
}

/** The row's log says who has answered what. The form must have an answer. */
export async function logAnswer(trx: Trx, form: StoredForm, now: number): Promise<void> {
  const { taskId, executionId, attempt, nodeTitle, answer } = form
  const title = form.actions.find(({ id }) => id === answer?.action)?.title ?? answer?.action
  await insertLog(trx, {
    taskId,
    executionId,
    at: now,
    event: 'row.answered',
    message: say('log-answered', { question: nodeTitle, answer: title ?? '', person: answer?.by ?? '' }),
    details: { attempt },
  })
}

/** Nobody has answered, or its run cannot be answered any more. The run counts as over: a retry begins a new one. */
async function failWaiting(trx: Trx, row: WaitingRow, error: Sentence, now: number): Promise<void> {
  const { executionId, taskId, run } = row
  const failed = { status: 'failed' as const, ...errorColumns(error), finished_at: now }
  if (!(await endWaiting(trx, executionId, run.attempt, failed))) return
  const usage = await findSpent(trx, run)
  const end = { attempt: run.attempt, status: 'failed', learnt: 'look-up', usage, ids: {} } as const
  if (await endRun(trx, row, end, now)) await addSpent(trx, executionId, usage)
  for (const { id } of row.forms) await setFormState(trx, id, 'expired', ['open', 'answering'])
  await trx
    .updateTable('batch_tasks')
    .set((eb) => ({ waiting: eb('waiting', '-', 1), failed: eb('failed', '+', 1) }))
    .where('id', '=', taskId)
    .execute()
  await handOn(trx, { taskId, rowNumber: row.row })
  await insertLog(trx, {
    taskId,
    executionId,
    at: now,
    level: 'error',
    event: 'row.unanswered',
    message: error,
    details: { attempt: run.attempt },
  })
  await pauseAfterTrial(trx, { id: taskId }, now)
}

/** What a run has cost until it paused, which is counted with its end otherwise. */
async function findSpent(trx: Trx, { executionId, attempt }: Run): Promise<Usage> {
  const { tokens, price_nano, currency } = await trx
    .selectFrom('runs')
    .select(['tokens', 'price_nano', 'currency'])
    .where('execution_id', '=', executionId)
    .where('attempt', '=', attempt)
    .executeTakeFirstOrThrow()
  return {
    ...(tokens !== null && { tokens }),
    ...(price_nano !== null && { price: price_nano }),
    ...(currency !== null && { currency }),
  }
}

async function addSpent(trx: Trx, executionId: string, { tokens, price, currency }: Usage): Promise<void> {
  if (tokens === undefined && price === undefined) return
  await trx
    .updateTable('task_executions')
    .set((eb) => ({
      ...(tokens !== undefined && { tokens: eb(eb.fn.coalesce('tokens', eb.lit(0)), '+', tokens) }),
      ...(price !== undefined && priceAdded(eb, price, currency)),
    }))
    .where('id', '=', executionId)
    .execute()
}

async function endWaiting(
  trx: Trx,
  executionId: string,
  attempt: number,
  set:
    | { status: 'pending'; available_at: number; error: null }
    | ({ status: 'failed'; finished_at: number } & ReturnType<typeof errorColumns>),
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('task_executions')
    .set(set)
    .where('id', '=', executionId)
    .where('attempt', '=', attempt)
    .where('status', '=', 'waiting')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** @param change how many rows more */
async function countWaiting(trx: Trx, taskId: string, change: number): Promise<void> {
  await trx
    .updateTable('batch_tasks')
    .set((eb) => ({ waiting: eb('waiting', '+', change) }))
    .where('id', '=', taskId)
    .execute()
}

/** Whether anybody of the thread may answer, besides the owner and admins. */
export async function setOthersMayAnswer(trx: Trx, taskId: string, may: boolean): Promise<void> {
  await trx
    .updateTable('batch_tasks')
    .set({ others_may_answer: may ? 1 : 0 })
    .where('id', '=', taskId)
    .execute()
}
