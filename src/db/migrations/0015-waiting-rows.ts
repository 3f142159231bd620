import { type Kysely, sql } from 'kysely'

/** Rows whose run waits for a person, and the forms that it waits for. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await allowWaiting(db)
  await db.schema
    .createTable('forms')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('execution_id', 'text', (c) =>
      c.notNull().references('task_executions.id').onDelete('cascade'),
    )
    .addColumn('attempt', 'integer', (c) => c.notNull())
    .addColumn('task_id', 'text', (c) => c.notNull())
    .addColumn('row_number', 'integer', (c) => c.notNull())
    .addColumn('form_id', 'text', (c) => c.notNull())
    .addColumn('token', 'text')
    .addColumn('node_id', 'text', (c) => c.notNull())
    .addColumn('node_title', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('fields', 'text', (c) => c.notNull())
    .addColumn('actions', 'text', (c) => c.notNull())
    .addColumn('alike', 'text', (c) => c.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('state', 'text', (c) =>
      c
        .notNull()
        .defaultTo('open')
        .check(sql`state in ('open', 'answering', 'answered', 'elsewhere', 'expired')`),
    )
    .addColumn('action', 'text')
    .addColumn('inputs', 'text')
    .addColumn('answered_by', 'text')
    .addColumn('answered_at', 'bigint')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('forms_of_run', ['execution_id', 'attempt', 'form_id'])
    .execute()
  await db.schema
    .createIndex('forms_open')
    .on('forms')
    .columns(['task_id', 'created_at'])
    .where(sql<boolean>`state in ('open', 'answering')`)
    .execute()

  await db.schema.alterTable('runs').addColumn('paused_at', 'bigint').execute()
  await db.schema.alterTable('runs').addColumn('resumed_at', 'bigint').execute()
  await db.schema
    .alterTable('batch_tasks')
    .addColumn('waiting', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema
    .alterTable('batch_tasks')
    .addColumn('others_may_answer', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema.alterTable('workflows').addColumn('pauses_since', 'bigint').execute()
  await db.schema.alterTable('workflows').addColumn('server_version', 'text').execute()
}

/**
 * A row may have one more state. SQLite cannot change a check, so the column is made anew: the check goes with the old
 * one, and so must the indexes on it.
 */
async function allowWaiting(db: Kysely<unknown>): Promise<void> {
  for (const index of ['status', 'finished', 'seconds'])
    await db.schema.dropIndex(`task_executions_${index}`).execute()
  await db.schema
    .alterTable('task_executions')
    .addColumn('state', 'text', (c) =>
      c
        .notNull()
        .defaultTo('pending')
        .check(sql`state in ('pending', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')`),
    )
    .execute()
  await sql`update task_executions set state = status`.execute(db)
  await db.schema.alterTable('task_executions').dropColumn('status').execute()
  await db.schema.alterTable('task_executions').renameColumn('state', 'status').execute()
  await db.schema
    .createIndex('task_executions_status')
    .on('task_executions')
    .columns(['task_id', 'status', 'row_number'])
    .execute()
  await db.schema
    .createIndex('task_executions_finished')
    .on('task_executions')
    .columns(['task_id', 'finished_at'])
    .where(sql<boolean>`status in ('succeeded', 'failed')`)
    .execute()
  await db.schema
    .createIndex('task_executions_seconds')
    .on('task_executions')
    .columns(['task_id', 'seconds'])
    .where(sql<boolean>`status = 'succeeded'`)
    .execute()
}
