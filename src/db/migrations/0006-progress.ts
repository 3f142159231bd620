import { type Kysely, sql } from 'kysely'

/** What tells how a task goes on: when its rows were settled, and when it was taken, paused and taken again. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Without rows that a stop has cancelled: all at one moment, none of them settled by running.
  await db.schema.dropIndex('task_executions_finished').execute()
  await db.schema
    .createIndex('task_executions_finished')
    .on('task_executions')
    .columns(['task_id', 'finished_at'])
    .where(sql<boolean>`status in ('succeeded', 'failed')`)
    .execute()
  // Of the task itself there are a few entries among a hundred thousand of its rows.
  await db.schema
    .createIndex('execution_logs_of_task')
    .on('execution_logs')
    .columns(['task_id', 'id'])
    .where(sql<boolean>`execution_id is null`)
    .execute()
}
