import { type ColumnDefinitionBuilder, type Kysely, sql } from 'kysely'
import { EXECUTION_MOVES, TASK_MOVES } from '../../engine/states.ts'

export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl
  const states = (moves: object) =>
    sql`status in (${sql.join(
      Object.keys(moves).map((status) => sql.lit(status)),
      sql`, `,
    )})`

  await db.schema
    .createTable('workflows')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('description', 'text', (c) => c.notNull())
    .addColumn('mode', 'text', (c) => c.notNull())
    .addColumn('base_url', 'text', (c) => c.notNull())
    .addColumn('api_key', 'text', (c) => c.notNull())
    .addColumn('key_hash', 'text', (c) => c.notNull().unique())
    .addColumn('variables', 'text', (c) => c.notNull())
    .addColumn('file_limits', 'text', (c) => c.notNull())
    .addColumn('call_limit', 'integer', (c) => c.notNull())
    .addColumn('enabled', 'integer', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('synced_at', 'bigint', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('uploads')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('file_name', 'text', (c) => c.notNull())
    .addColumn('size', 'integer', (c) => c.notNull())
    .addColumn('bytes', isPostgres ? 'bytea' : 'blob', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute()

  await db.schema
    .createTable('batch_tasks')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('workflow_id', 'text', (c) => c.notNull().references('workflows.id'))
    .addColumn('upload_id', 'text', (c) => c.notNull().references('uploads.id'))
    .addColumn('file_name', 'text', (c) => c.notNull())
    .addColumn('sheet', 'text', (c) => c.notNull())
    .addColumn('headings', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull().check(states(TASK_MOVES)))
    .addColumn('epoch', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('nonce', 'text', (c) => c.notNull())
    .addColumn('concurrency', 'integer', (c) => c.notNull())
    .addColumn('retries', 'integer', (c) => c.notNull())
    .addColumn('timeout_seconds', 'integer', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('total', 'integer', (c) => c.notNull())
    .addColumn('succeeded', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('failed', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('cancelled', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('left_out', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .execute()
  await db.schema.createIndex('batch_tasks_newest').on('batch_tasks').columns(['created_at', 'id']).execute()
  await db.schema
    .createIndex('batch_tasks_status')
    .on('batch_tasks')
    .columns(['status', 'created_at'])
    .execute()

  // Rows are written before their task (tasks/submissions.ts). In SQLite the check can be off meanwhile.
  const ofTask = (c: ColumnDefinitionBuilder) =>
    isPostgres ? c.notNull() : c.notNull().references('batch_tasks.id').onDelete('cascade')
  await db.schema
    .createTable('task_executions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('task_id', 'text', ofTask)
    .addColumn('row_number', 'integer', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull().check(states(EXECUTION_MOVES)))
    .addColumn('cells', 'text', (c) => c.notNull())
    .addColumn('inputs', 'text', (c) => c.notNull())
    .addColumn('outputs', 'text')
    .addColumn('warning', 'text')
    .addColumn('error', 'text')
    .addColumn('attempt', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('failures', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('throttles', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('unresolved', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('available_at', 'bigint', (c) => c.notNull().defaultTo(0))
    .addColumn('attempted_at', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('workflow_run_id', 'text')
    .addColumn('dify_task_id', 'text')
    .addColumn('seconds', 'double precision')
    .addColumn('tokens', 'integer')
    .addColumn('price', 'double precision')
    .addColumn('currency', 'text')
    .addUniqueConstraint('task_executions_row', ['task_id', 'row_number'])
    .execute()
  await db.schema
    .createIndex('task_executions_status')
    .on('task_executions')
    .columns(['task_id', 'status', 'row_number'])
    .execute()

  await db.schema
    .createTable('left_out_rows')
    .addColumn('task_id', 'text', ofTask)
    .addColumn('row_number', 'integer', (c) => c.notNull())
    .addColumn('cells', 'text', (c) => c.notNull())
    .addColumn('fault', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('left_out_rows_key', ['task_id', 'row_number'])
    .execute()

  await db.schema
    .createTable('execution_logs')
    .addColumn('id', 'integer', (c) =>
      isPostgres ? c.primaryKey().generatedAlwaysAsIdentity() : c.primaryKey(),
    )
    .addColumn('task_id', 'text', (c) => c.notNull().references('batch_tasks.id').onDelete('cascade'))
    .addColumn('execution_id', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('level', 'text', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addColumn('message', 'text', (c) => c.notNull())
    .addColumn('details', 'text')
    .execute()
  await db.schema.createIndex('execution_logs_task').on('execution_logs').columns(['task_id', 'id']).execute()
  await db.schema
    .createIndex('execution_logs_execution')
    .on('execution_logs')
    .columns(['execution_id', 'id'])
    .execute()
}
