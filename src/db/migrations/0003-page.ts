import { type Kysely, sql } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl

  await db.schema
    .createTable('audit_log')
    .addColumn('id', 'integer', (c) =>
      isPostgres ? c.primaryKey().generatedAlwaysAsIdentity() : c.primaryKey(),
    )
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('who', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('face', 'text', (c) => c.notNull())
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('target', 'text')
    .addColumn('details', 'text')
    .execute()
  await db.schema.createIndex('audit_log_target').on('audit_log').columns(['target', 'id']).execute()

  await db.schema
    .createTable('idempotency_keys')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('fingerprint', 'text', (c) => c.notNull())
    .addColumn('draft_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('idempotency_keys_age').on('idempotency_keys').column('created_at').execute()

  // Each has the whole order of the list, so that a page is found without reading the tasks before it.
  await db.schema.dropIndex('batch_tasks_status').execute()
  await db.schema.dropIndex('batch_tasks_workflow').execute()
  await db.schema
    .createIndex('batch_tasks_status')
    .on('batch_tasks')
    .columns(['status', 'created_at', 'id'])
    .execute()
  await db.schema
    .createIndex('batch_tasks_workflow')
    .on('batch_tasks')
    .columns(['workflow_id', 'created_at', 'id'])
    .execute()
  await db.schema
    .createIndex('batch_tasks_workflow_status')
    .on('batch_tasks')
    .columns(['workflow_id', 'status', 'created_at', 'id'])
    .execute()
  // Partial: a row enters each index once, when it is settled. Earlier changes of the row cost nothing here.
  await db.schema
    .createIndex('task_executions_finished')
    .on('task_executions')
    .columns(['task_id', 'finished_at'])
    .where('finished_at', 'is not', null)
    .execute()
  await db.schema
    .createIndex('task_executions_seconds')
    .on('task_executions')
    .columns(['task_id', 'seconds'])
    .where(sql<boolean>`status = 'succeeded'`)
    .execute()
  await db.schema
    .createIndex('task_executions_usage')
    .on('task_executions')
    .columns(['task_id', 'currency', 'tokens', 'price'])
    .where(sql<boolean>`(tokens is not null or price is not null)`)
    .execute()
}
