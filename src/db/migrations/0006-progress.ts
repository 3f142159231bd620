import { type Kysely, sql } from 'kysely'

/** Indexes for a task's progress: when its rows were settled, and when it was taken, paused and taken again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Without rows that a stop has cancelled: all have the same time, and none was settled by a run.
  await db.schema.dropIndex('task_executions_finished').execute()
  await db.schema
    .createIndex('task_executions_finished')
    .on('task_executions')
    .columns(['task_id', 'finished_at'])
    .where(sql<boolean>`status in ('succeeded', 'failed')`)
    .execute()
  // Partial: a few entries are about the task itself, a hundred thousand are about its rows.
  await db.schema
    .createIndex('execution_logs_of_task')
    .on('execution_logs')
    .columns(['task_id', 'id'])
    .where(sql<boolean>`execution_id is null`)
    .execute()
}
