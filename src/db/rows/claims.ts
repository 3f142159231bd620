import type { ExpressionBuilder, Selectable } from 'kysely'
import { executionStatesBefore } from '../../engine/states.ts'
import { newRun } from '../../engine/run.ts'
import type { Claim, Execution, Task } from '../../engine/task.ts'
import { compiledOnce } from '../compiled.ts'
import { admitsCall } from '../tasks/task-limit.ts'
import { parseInputs } from '../json.ts'
import { insertRun, listOpenRuns } from '../runs/runs.ts'
import type { Db, ExecutionTable, Schema, Trx } from '../schema.ts'
import { errorOf } from '../sentences.ts'

interface Next {
  taskId: string
  epoch: number
  now: number
  steady: number
}

const claimNext = compiledOnce((db, next: Next) => claimQuery(db, next, false))

/** Only a row whose call has been made already: what became of it is asked for, which costs nothing. */
const claimCalled = compiledOnce((db, next: Next) => claimQuery(db, next, true))

function claimQuery(db: Db | Trx, { taskId, epoch, now, steady }: Next, onlyCalled: boolean) {
  return db
    .updateTable('task_executions')
    .set((eb) => ({
      status: 'running',
      // No new attempt while the end of a run is not known: that is asked for first.
      attempt: eb('attempt', '+', eb.case().when(hasOpenRun(eb)).then(0).else(1).end()),
      attempted_at: eb.case().when(hasOpenRun(eb)).then(eb.ref('attempted_at')).else(eb.val(now)).end(),
    }))
    .where('id', '=', (eb) => {
      const next = eb
        .selectFrom('task_executions')
        .select('id')
        .where('task_id', '=', taskId)
        .where('status', '=', 'pending')
        .where('available_at', '<=', steady)
        .where('leader', 'is', null)
        .where((eb) => mayRunYet(eb, taskId))
        .orderBy('row_number')
        .limit(1)
      return onlyCalled ? next.where(hasOpenRun) : next
    })
    .where('status', 'in', executionStatesBefore('running'))
    .where((eb) => inEpoch(eb, taskId, epoch, ['running']))
    .returningAll()
    .returning((eb) => hasOpenRun(eb).as('has_open_run'))
}

/**
 * Takes the first row that may run now, in one UPDATE, so that no two lanes take the same row. Its next run is written
 * in the same transaction, unless earlier runs of the row have to be looked up first. At the limit of the task, only rows
 * are taken that have been called already.
 * @param steady now on the clock that never jumps; the waiting times of rows are on that clock
 */
export async function claimExecution(
  trx: Trx,
  task: Pick<Task, 'id' | 'epoch' | 'nonce'>,
  now: number,
  steady: number,
): Promise<Claim | undefined> {
  const { id, epoch } = task
  const claim = (await admitsCall(trx, id)) ? claimNext : claimCalled
  const [row] = (await claim(trx, { taskId: id, epoch, now, steady })).rows
  if (!row) return undefined
  const open = row.has_open_run ? await listOpenRuns(trx, row.id) : []
  const execution = toExecution(row)
  if (open.length === 0) await insertRun(trx, newRun(execution, task, Math.round(steady)))
  return { ...execution, epoch, attemptedAt: row.attempted_at ?? now, open }
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

export function toExecution(row: Selectable<ExecutionTable>): Execution {
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
  let task = eb.selectFrom('batch_tasks').select('id').where('id', '=', taskId).where('epoch', '=', epoch)
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
