import type { ExpressionBuilder, Selectable } from 'kysely'
import { isUploading, type Run, type RunEnd, type RunIds } from '../../engine/run.ts'
import { priceAdded } from '../rows/price-added.ts'
import type { Db, Schema, Trx, ExecutionTable } from '../schema.ts'
import { endRun, OPEN, toRun } from './runs.ts'
import { warningColumns, warningOf } from '../sentences.ts'
import { say, type Sentence } from '../../engine/sentence.ts'

/**
 * A person stops the task: marks every run of it that may still go on as to be stopped at Dify, before its rows are
 * cancelled. A run that waits for a person cannot be stopped.
 * @returns these runs, without those whose files are still being uploaded: Dify has nothing to stop yet
 */
export async function markStopAsked(trx: Trx, taskId: string, now: number): Promise<Run[]> {
  const rows = await trx
    .updateTable('runs')
    .set((eb) => ({
      stop_asked_at: now,
      stop_reason: eb.fn.coalesce('stop_reason', eb.val('person' as const)),
    }))
    .where('task_id', '=', taskId)
    .where(OPEN)
    .where((eb) => eb.not(eb.exists(askedBy(eb))))
    .returningAll()
    .execute()
  return rows.map(toRun).filter((run) => !isUploading(run))
}

/** What the run waits for: Dify cannot stop it then. */
function askedBy(eb: ExpressionBuilder<Schema, 'runs'>) {
  return eb
    .selectFrom('forms')
    .innerJoin('task_executions as e', 'e.id', 'forms.execution_id')
    .select('forms.id')
    .whereRef('forms.execution_id', '=', 'runs.execution_id')
    .whereRef('forms.attempt', '=', 'runs.attempt')
    .where('forms.state', 'in', ['open', 'answering'])
    .where('e.status', '=', 'waiting')
}

/** Runs that were to be stopped at `since` or later and whose end is not known, of rows that do not run. */
export async function listRunsToStop(db: Db, since: number): Promise<Run[]> {
  const rows = await db
    .selectFrom('runs')
    .innerJoin('task_executions as e', 'e.id', 'runs.execution_id')
    .selectAll('runs')
    .where(OPEN)
    .where('runs.stop_asked_at', '>=', since)
    .where('e.status', 'in', ['cancelled', 'succeeded', 'failed'])
    .execute()
  return rows.map(toRun)
}

/**
 * Writes the end of a run that nobody waits for any more. False, and nothing changed, when the row may still need it:
 * if the run succeeded and its row has no result yet, the row takes this one when it is resumed.
 */
export async function endStoppedRun(trx: Trx, run: Run, end: RunEnd, now: number): Promise<boolean> {
  const row = await trx
    .selectFrom('task_executions')
    .select(['status', 'warning', 'warning_sentence', 'workflow_run_id'])
    .where('id', '=', run.executionId)
    .executeTakeFirst()
  if (!row || (end.status === 'succeeded' && row.status !== 'succeeded')) return false
  if (!(await endRun(trx, run, end, now))) return false
  const { tokens, price, currency } = end.usage
  await trx
    .updateTable('task_executions')
    .set((eb) => ({
      ...(tokens !== undefined && { tokens: eb(eb.fn.coalesce('tokens', eb.lit(0)), '+', tokens) }),
      ...(price !== undefined && priceAdded(eb, price, currency)),
      ...warningColumns(end.status === 'succeeded' ? withSecond(row, end.ids) : warningOf(row)),
    }))
    .where('id', '=', run.executionId)
    .execute()
  return true
}

/** Both runs were paid, and a person may want to see the result of the other one. */
function withSecond(
  row: Pick<Selectable<ExecutionTable>, 'warning' | 'warning_sentence' | 'workflow_run_id'>,
  { workflowRunId, messageId }: RunIds,
): Sentence {
  const warning = warningOf(row)
  const second = say('two-runs-succeeded', {
    first: row.workflow_run_id ?? say('one-run'),
    second: workflowRunId ?? messageId ?? say('another-run'),
  })
  return warning === null ? second : say('both', { first: warning, second })
}
