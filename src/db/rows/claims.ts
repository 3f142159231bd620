import type { ExpressionBuilder, Selectable } from 'kysely'
import { executionStatesBefore } from '../../engine/states.ts'
import { newRun } from '../../engine/run.ts'
import type { CallingTask, Claim, Execution } from '../../engine/task.ts'
import { compiledOnce } from '../compiled.ts'
import { admitsCall, HAS_LIMIT } from '../tasks/admission.ts'
import { parseInputs } from '../json.ts'
import { listOpenRuns, runQuery } from '../runs/runs.ts'
import type { Db, ExecutionTable, Schema, Trx } from '../schema.ts'
import { errorOf } from '../sentences.ts'
import { together } from '../together.ts'
import { MetAnother } from '../transaction.ts'

interface Next {
  taskId: string
  epoch: number
  steady: number
}

const findNext = compiledOnce((db, next: Next) => nextRow(db, next, false))

/** Only a row whose call has been made already: what became of it is asked for, which costs nothing. */
const findNextCalled = compiledOnce((db, next: Next) => nextRow(db, next, true))

function nextRow(db: Db | Trx, { taskId, epoch, steady }: Next, onlyCalled: boolean) {
  const next = db
    .selectFrom('task_executions')
    .select(EXECUTION_COLUMNS)
    .select((eb) => [hasOpenRun(eb).as('has_open_run'), mayBeHeld(eb).as('may_be_held')])
    .where('task_id', '=', taskId)
    .where('status', '=', 'pending')
    .where('available_at', '<=', steady)
    .where('leader', 'is', null)
    .where((eb) => mayRunYet(eb, taskId))
    .where((eb) => inEpoch(eb, taskId, epoch, ['running']))
    .orderBy('row_number')
    .limit(1)
  return onlyCalled ? next.where(hasOpenRun) : next
}

const take = compiledOnce((db, row: { id: string; attempt: number; attemptedAt: number | null }) =>
  db
    .updateTable('task_executions')
    .set({ status: 'running', attempt: row.attempt, attempted_at: row.attemptedAt })
    .where('id', '=', row.id)
    .where('status', 'in', executionStatesBefore('running')),
)

/**
 * Takes the first row that may run now. It is found and taken in one transaction that writes, so that no two lanes take
 * the same row; one UPDATE that finds it, too, takes five times as long in SQLite. Its next run is written in the same
 * transaction, unless earlier runs of the row have to be looked up first: then it is no new attempt. At a limit, only rows
 * are taken that have been called already.
 * @param steady now on the clock that never jumps; the waiting times of rows are on that clock
 */
export async function claimExecution(
  trx: Trx,
  task: CallingTask,
  now: number,
  steady: number,
): Promise<Claim | undefined> {
  const { id, epoch } = task
  const next = { taskId: id, epoch, steady }
  let [row] = (await findNext(trx, next)).rows
  if (row?.may_be_held === 1 && !row.has_open_run && !(await admitsCall(trx, task, now)))
    [row] = (await findNextCalled(trx, next)).rows
  if (!row) return undefined
  const open = row.has_open_run ? await listOpenRuns(trx, row.id) : []
  const attempt = open.length > 0 ? row.attempt : row.attempt + 1
  const attemptedAt = open.length > 0 ? row.attempted_at : now
  const execution = toExecution({ ...row, status: 'running', attempt, attempted_at: attemptedAt })
  const [taken] = await together(trx, [
    take.bound(trx, { id: row.id, attempt, attemptedAt }),
    ...(open.length === 0 ? [runQuery(trx, newRun(execution, task, Math.round(steady)))] : []),
  ])
  if (taken !== 1) throw new MetAnother('Somebody else has changed the row since it was found.')
  return { ...execution, epoch, attemptedAt: attemptedAt ?? now, open }
}

function hasOpenRun(eb: Eb) {
  return eb.exists(
    eb
      .selectFrom('runs')
      .select('runs.attempt')
      .whereRef('runs.execution_id', '=', 'task_executions.id')
      .where('runs.status', '=', 'open'),
  )
}

/** Whether a limit may hold the next call back: nearly always there is none (tasks/admission.ts). */
function mayBeHeld(eb: Eb) {
  const own = eb
    .selectFrom('batch_tasks')
    .select('id')
    .whereRef('id', '=', 'task_executions.task_id')
    .where(HAS_LIMIT)
  return eb
    .case()
    .when(eb.or([eb.exists(own), eb.exists(eb.selectFrom('month_limits').select('subject'))]))
    .then(eb.lit(1))
    .else(eb.lit(0))
    .end()
}

/** When the next waiting row may run, on the clock that never jumps; undefined when no row waits. */
export async function findNextAvailableAt(db: Db, taskId: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('task_executions')
    .select('available_at')
    .where('task_id', '=', taskId)
    .where('status', '=', 'pending')
    .where('leader', 'is', null)
    .where((eb) => mayRunYet(eb, taskId))
    .orderBy('available_at')
    .limit(1)
    .executeTakeFirst()
  return row?.available_at
}

const EXECUTION_COLUMNS = [
  'id',
  'task_id',
  'row_number',
  'status',
  'inputs',
  'attempt',
  'failures',
  'throttles',
  'turned_away_at',
  'error',
  'error_sentence',
  'attempted_at',
] as const

export function toExecution(
  row: Pick<Selectable<ExecutionTable>, (typeof EXECUTION_COLUMNS)[number]>,
): Execution {
  return {
    id: row.id,
    taskId: row.task_id,
    rowNumber: row.row_number,
    status: row.status,
    inputs: parseInputs(row.inputs),
    attempt: row.attempt,
    failures: row.failures,
    throttles: row.throttles,
    turnedAwayAt: row.turned_away_at,
    error: errorOf(row),
    attemptedAt: row.attempted_at,
  }
}

export type Eb = ExpressionBuilder<Schema, 'task_executions'>

/** Condition: the task is still in the epoch, and in one of these states if any are given. */
export function inEpoch(eb: Eb, taskId: string, epoch: number, statuses?: ['running']) {
  let task = eb
    .selectFrom('batch_tasks')
    .select('id')
    .where('id', '=', taskId)
    .where('epoch', '=', epoch)
    .forNoKeyUpdate()
  if (statuses) task = task.where('status', 'in', statuses)
  return eb.exists(task)
}

/** Condition: while a task tries some rows first, only those may run, however many lanes look for one. */
function mayRunYet(eb: Eb, taskId: string) {
  const trying = eb.selectFrom('batch_tasks').where('id', '=', taskId).where('pause_after', 'is not', null)
  const last = trying.select('pause_after')
  const isTrying = trying.select((of) => of.lit(1).as('trying'))
  return eb.and([
    eb('row_number', '<=', eb.fn.coalesce(last, eb.val(MAX_ROW_NUMBER))),
    eb('trial', '>=', eb.fn.coalesce(isTrying, eb.lit(0))),
  ])
}

/** Larger than any row number: Excel has 2²⁰ rows, a CSV file may have more. */
const MAX_ROW_NUMBER = 2 ** 31 - 1
