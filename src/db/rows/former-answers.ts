import type { Edits } from '../../engine/edits.ts'
import type { Inputs, Outputs } from '../../engine/task.ts'
import { inChunks } from '../in-chunks.ts'
import { parseEdits, parseInputs, parseOutputs } from '../json.ts'
import type { Db, Trx } from '../schema.ts'

/** What a row had given when somebody let it run again, which may have been paid, and is not lost by it. */
export interface FormerAnswer {
  /** as they were sent for it */
  inputs: Inputs
  outputs: Outputs
  edits: Edits
  workflowRunId: string | null
  answeredAt: number | null
  /** when, and by whom, the row was to run again */
  againAt: number
  by: string
}

/** Those of these rows that have succeeded keep what they gave, beside what they will give. */
export async function keepAnswers(
  trx: Trx,
  taskId: string,
  rows: readonly number[],
  { by, now }: { by: string; now: number },
): Promise<void> {
  for (const chunk of inChunks([...rows])) {
    await trx
      .insertInto('former_answers')
      .columns([
        'execution_id',
        'inputs',
        'outputs',
        'edited_outputs',
        'workflow_run_id',
        'workflow_version',
        'answered_at',
        'again_at',
        'again_by',
      ])
      .expression((eb) =>
        eb
          .selectFrom('task_executions')
          .select((of) => [
            'id',
            'inputs',
            of.fn.coalesce('outputs', of.val('{}')).as('outputs'),
            'edited_outputs',
            'workflow_run_id',
            'workflow_version',
            'finished_at',
            of.val(now).as('again_at'),
            of.val(by).as('again_by'),
          ])
          .where('task_id', '=', taskId)
          .where('status', '=', 'succeeded')
          .where('row_number', 'in', chunk)
          .orderBy('row_number'),
      )
      .execute()
  }
}

/** The answers that a row had before it was run again, newest first. */
export async function listFormerAnswers(db: Db, taskId: string, row: number): Promise<FormerAnswer[]> {
  const rows = await db
    .selectFrom('former_answers as f')
    .innerJoin('task_executions as e', 'e.id', 'f.execution_id')
    .selectAll('f')
    .where('e.task_id', '=', taskId)
    .where('e.row_number', '=', row)
    .orderBy('f.id', 'desc')
    .execute()
  return rows.map((former) => ({
    inputs: parseInputs(former.inputs),
    outputs: parseOutputs(former.outputs),
    edits: former.edited_outputs === null ? {} : parseEdits(former.edited_outputs),
    workflowRunId: former.workflow_run_id,
    answeredAt: former.answered_at,
    againAt: former.again_at,
    by: former.again_by,
  }))
}
