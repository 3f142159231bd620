import { type Kysely, sql } from 'kysely'

/**
 * Any rows may be tried first, no longer only the first ones of the sheet. `pause_after` stays the mark of a task that
 * tries some: the last of them.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('task_executions')
    .addColumn('trial', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`
    update task_executions set trial = 1 where exists (
      select 1 from batch_tasks
      where batch_tasks.id = task_executions.task_id and task_executions.row_number <= batch_tasks.pause_after
    )`.execute(db)
  await db.schema
    .createIndex('executions_trial')
    .on('task_executions')
    .columns(['task_id', 'row_number'])
    .where(sql<boolean>`trial = 1`)
    .execute()
}
