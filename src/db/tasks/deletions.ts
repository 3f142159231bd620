import { inTransaction } from '../transaction.ts'
import type { Db, Trx } from '../schema.ts'
import { TASK_PARTS, type TaskPart } from './task-parts.ts'

/*
 * Deletes parts of tasks that ended long ago. A part is marked first, in a transaction that sees whether the task may
 * run: from then on it cannot (task-parts.ts), and what is deleted afterwards, in short transactions, nobody needs. If
 * the process dies in between, the mark is still there, and the next cleanup goes on.
 *
 * What stays: the task with its counts, times and money, and of each row its number, state, times, tokens and price.
 */

/** Rows of one transaction: others wait for so long, some milliseconds. */
const ROWS_AT_ONCE = 250

export interface Deletion {
  id: string
  name: string
  parts: TaskPart[]
}

/**
 * Marks the parts of one task that are old enough. Undefined: there is none.
 * @param before by part: tasks that ended earlier; absent: kept
 */
export async function markOldParts(
  db: Db,
  before: Partial<Record<TaskPart, number>>,
  now: number,
): Promise<Deletion | undefined> {
  const wanted = TASK_PARTS.filter((part) => before[part] !== undefined)
  if (wanted.length === 0) return undefined
  return inTransaction(db, async (trx) => {
    for (const part of wanted) {
      const column = `${part}_deleted_at` as const
      let due = trx
        .selectFrom('batch_tasks as t')
        .select(['t.id', 't.name'])
        .where('t.status', 'in', ENDED)
        .where('t.finished_at', '<=', before[part] ?? 0)
        .where(`t.${column}`, 'is', null)
        // Its result is still to be delivered, and is made of these.
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('deliveries as d')
                .select('d.task_id')
                .whereRef('d.task_id', '=', 't.id')
                .where('d.state', 'in', ['due', 'sending']),
            ),
          ),
        )
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom('notifications as n')
                .select('n.id')
                .whereRef('n.task_id', '=', 't.id')
                .where('n.state', '=', 'due'),
            ),
          ),
        )
      if (part === 'upload')
        due = due
          // Several tasks may have the same one, and one of them may run.
          .where((eb) =>
            eb.not(
              eb.exists(
                eb
                  .selectFrom('batch_tasks as o')
                  .select('o.id')
                  .whereRef('o.upload_id', '=', 't.upload_id')
                  .where((or) =>
                    or.or([
                      or('o.status', 'not in', ENDED),
                      or('o.finished_at', '>', before[part] ?? 0),
                      or('o.finished_at', 'is', null),
                    ]),
                  ),
              ),
            ),
          )
          .where((eb) =>
            eb.not(
              eb.exists(
                eb.selectFrom('drafts as r').select('r.id').whereRef('r.upload_id', '=', 't.upload_id'),
              ),
            ),
          )
      const task = await due.orderBy('t.finished_at').limit(1).executeTakeFirst()
      if (!task) continue
      await trx
        .updateTable('batch_tasks')
        .set({ [column]: now, deleting: 1 })
        .where('id', '=', task.id)
        .execute()
      if (part === 'outputs')
        // Nobody was found who could be given it; now there is nothing to give.
        await trx
          .deleteFrom('deliveries')
          .where('task_id', '=', task.id)
          .where('state', '=', 'waiting')
          .execute()
      return { ...task, parts: [part] }
    }
    return undefined
  })
}

const ENDED = ['completed', 'failed', 'cancelled'] as const

/** A task that has a marked part which is not deleted yet: just now, or since a process died. */
export async function findDeleting(db: Db): Promise<Deletion | undefined> {
  const row = await db
    .selectFrom('batch_tasks')
    .selectAll()
    .where('deleting', '=', 1)
    .limit(1)
    .executeTakeFirst()
  if (!row) return undefined
  const { id, name } = row
  return { id, name, parts: TASK_PARTS.filter((part) => row[`${part}_deleted_at`] !== null) }
}

/**
 * Deletes what is marked of a task, some rows at a time.
 * @param pause awaited after each transaction, so that others come in between
 * @returns false: it was told to stop before the end
 */
export async function deleteMarked(
  db: Db,
  { id, parts }: Deletion,
  pause: () => Promise<boolean>,
): Promise<boolean> {
  const has = (part: TaskPart) => parts.includes(part)
  for (let after = -1; ;) {
    const last = await inTransaction(db, async (trx) => deleteSome(trx, id, has, after))
    if (last === undefined) break
    after = last
    if (!(await pause())) return false
  }
  for (let after = -1; has('inputs');) {
    const last = await inTransaction(db, async (trx) => emptyLeftOut(trx, id, after))
    if (last === undefined) break
    after = last
    if (!(await pause())) return false
  }
  // Lines of rows have texts of inputs and of what Dify answered; a task’s own have not.
  if (has('log') || has('inputs') || has('outputs'))
    while (await deleteLines(db, id, has('log'))) if (!(await pause())) return false
  await inTransaction(db, async (trx) => {
    if (has('upload')) await emptyUpload(trx, id)
    if (has('inputs'))
      await trx.updateTable('batch_tasks').set({ constants: null }).where('id', '=', id).execute()
    if (has('outputs'))
      await trx
        .updateTable('notifications')
        .set({ content: null })
        .where('task_id', '=', id)
        .where('state', '<>', 'due')
        .execute()
    await trx.updateTable('batch_tasks').set({ deleting: 0 }).where('id', '=', id).execute()
  })
  return true
}

/** @returns the number of the last row that it has looked at; undefined: there are no more */
async function deleteSome(
  trx: Trx,
  taskId: string,
  has: (part: TaskPart) => boolean,
  after: number,
): Promise<number | undefined> {
  if (!has('inputs') && !has('outputs') && !has('files')) return undefined
  const rows = await trx
    .selectFrom('task_executions')
    .select(['id', 'row_number'])
    .where('task_id', '=', taskId)
    .where('row_number', '>', after)
    .orderBy('row_number')
    .limit(ROWS_AT_ONCE)
    .execute()
  const last = rows.at(-1)?.row_number
  if (last === undefined) return undefined
  const ids = rows.map(({ id }) => id)
  if (has('files') || has('outputs'))
    await trx.deleteFrom('output_files').where('execution_id', 'in', ids).execute()
  if (!has('inputs') && !has('outputs')) return last
  await trx
    .updateTable('task_executions')
    .set((eb) => ({
      // Hashes of short texts can be guessed.
      ...(has('inputs') && {
        cells: '[]',
        inputs: '{}',
        edited_inputs: null,
        input_hash: null,
        key_hash: null,
      }),
      ...(has('outputs') && {
        outputs: eb.case().when('outputs', 'is', null).then(null).else('{}').end(),
        edited_outputs: null,
        warning: null,
        warning_sentence: null,
        error: null,
        error_sentence: null,
        flags: null,
        kept: null,
      }),
    }))
    .where('id', 'in', ids)
    .execute()
  await trx
    .updateTable('former_answers')
    .set({
      ...(has('inputs') && { inputs: '{}' }),
      ...(has('outputs') && { outputs: '{}', edited_outputs: null }),
    })
    .where('execution_id', 'in', ids)
    .execute()
  if (has('outputs')) {
    await trx.deleteFrom('forms').where('execution_id', 'in', ids).execute()
    await trx
      .updateTable('runs')
      .set({ steps: null })
      .where('execution_id', 'in', ids)
      .where('steps', 'is not', null)
      .execute()
  }
  return last
}

/** Of rows that never ran only their numbers stay. */
async function emptyLeftOut(trx: Trx, taskId: string, after: number): Promise<number | undefined> {
  const rows = await trx
    .selectFrom('left_out_rows')
    .select('row_number')
    .where('task_id', '=', taskId)
    .where('row_number', '>', after)
    .orderBy('row_number')
    .limit(ROWS_AT_ONCE)
    .execute()
  const last = rows.at(-1)?.row_number
  if (last === undefined) return undefined
  await trx
    .updateTable('left_out_rows')
    .set({ cells: '[]', fault: '', found: null })
    .where('task_id', '=', taskId)
    .where('row_number', '>', after)
    .where('row_number', '<=', last)
    .execute()
  return last
}

/** False: there were none. */
async function deleteLines(db: Db, taskId: string, isWhole: boolean): Promise<boolean> {
  let lines = db.selectFrom('execution_logs').select('id').where('task_id', '=', taskId)
  if (!isWhole) lines = lines.where('execution_id', 'is not', null)
  const ids = (await lines.orderBy('id').limit(ROWS_AT_ONCE).execute()).map(({ id }) => id)
  if (ids.length === 0) return false
  await db.deleteFrom('execution_logs').where('id', 'in', ids).execute()
  return true
}

/** Its name and size stay: tasks refer to it. */
async function emptyUpload(trx: Trx, taskId: string): Promise<void> {
  const task = await trx
    .selectFrom('batch_tasks')
    .select('upload_id')
    .where('id', '=', taskId)
    .executeTakeFirst()
  if (!task) return
  await trx.updateTable('uploads').set({ bytes: new Uint8Array() }).where('id', '=', task.upload_id).execute()
  await trx.deleteFrom('upload_files').where('upload_id', '=', task.upload_id).execute()
}

/** Deletes audit entries from before this time, some at once. @returns how many */
export async function deleteOldAudit(db: Db, before: number): Promise<number> {
  const ids = await db
    .selectFrom('audit_log')
    .select('id')
    .where('at', '<', before)
    .orderBy('at')
    .limit(ROWS_AT_ONCE)
    .execute()
  if (ids.length > 0)
    await db
      .deleteFrom('audit_log')
      .where(
        'id',
        'in',
        ids.map(({ id }) => id),
      )
      .execute()
  return ids.length
}
