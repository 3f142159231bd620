import { type Kysely, sql } from 'kysely'

/**
 * Rows that run again: what a person has put in place of their inputs, whether their outputs are from before, and the
 * answers that they had before.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const isPostgres = db.getExecutor().adapter.supportsTransactionalDdl
  await db.schema.alterTable('task_executions').addColumn('edited_inputs', 'text').execute()
  await db.schema
    .alterTable('task_executions')
    .addColumn('from_before', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema
    .createIndex('executions_edited_inputs')
    .on('task_executions')
    .columns(['task_id', 'row_number'])
    .where(sql<boolean>`edited_inputs is not null`)
    .execute()
  await db.schema
    .createTable('former_answers')
    .addColumn('id', 'integer', (c) =>
      isPostgres ? c.primaryKey().generatedAlwaysAsIdentity() : c.primaryKey(),
    )
    .addColumn('execution_id', 'text', (c) =>
      c.notNull().references('task_executions.id').onDelete('cascade'),
    )
    .addColumn('inputs', 'text', (c) => c.notNull())
    .addColumn('outputs', 'text', (c) => c.notNull())
    .addColumn('edited_outputs', 'text')
    .addColumn('workflow_run_id', 'text')
    .addColumn('workflow_version', 'text')
    .addColumn('answered_at', 'bigint')
    .addColumn('again_at', 'bigint', (c) => c.notNull())
    .addColumn('again_by', 'text', (c) => c.notNull())
    .execute()
  await db.schema
    .createIndex('former_answers_of_row')
    .on('former_answers')
    .columns(['execution_id', 'id'])
    .execute()
}
