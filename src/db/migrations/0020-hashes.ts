import { type Kysely, sql } from 'kysely'

/**
 * What tells rows apart, so that no row is called whose answer is there already: what each one sends, what names it,
 * which row it follows, which task it was carried over from, and the version of the workflow that answered it.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['input_hash', 'key_hash', 'workflow_version', 'origin_task'])
    await db.schema.alterTable('task_executions').addColumn(column, 'text').execute()
  for (const column of ['leader', 'origin_row'])
    await db.schema.alterTable('task_executions').addColumn(column, 'integer').execute()
  await db.schema
    .createIndex('executions_input')
    .on('task_executions')
    .columns(['task_id', 'input_hash'])
    .where(sql<boolean>`input_hash is not null`)
    .execute()
  await db.schema
    .createIndex('executions_followers')
    .on('task_executions')
    .columns(['task_id', 'leader', 'row_number'])
    .where(sql<boolean>`leader is not null`)
    .execute()

  await db.schema.alterTable('runs').addColumn('workflow_version', 'text').execute()
  await db.schema.alterTable('workflows').addColumn('version', 'text').execute()
  await db.schema.alterTable('workflows').addColumn('version_at', 'bigint').execute()
  await db.schema.alterTable('batch_tasks').addColumn('key_columns', 'text').execute()
  await db.schema.alterTable('batch_tasks').addColumn('equal_rows', 'integer').execute()
  await db.schema
    .alterTable('batch_tasks')
    .addColumn('carried', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
