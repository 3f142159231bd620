import { type Kysely, sql } from 'kysely'

/**
 * What a person has said of a row's answer, beside it: their own values, and that they found it right. Both belong to
 * these outputs, and end with them. And the chat message in which people look at rows one by one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('task_executions').addColumn('edited_outputs', 'text').execute()
  await db.schema.alterTable('task_executions').addColumn('kept', 'text').execute()
  await db.schema
    .createIndex('executions_reviewed')
    .on('task_executions')
    .columns(['task_id', 'row_number'])
    .where(sql<boolean>`edited_outputs is not null or kept is not null`)
    .execute()
  await db.schema
    .createTable('review_cards')
    .addColumn('task_id', 'text', (c) => c.primaryKey().references('batch_tasks.id').onDelete('cascade'))
    .addColumn('began_at', 'bigint', (c) => c.notNull())
    .addColumn('rows', 'text', (c) => c.notNull())
    .addColumn('again', 'text', (c) => c.notNull())
    .addColumn('awaited', 'integer')
    .addColumn('shown', 'text')
    .addColumn('message', 'text')
    .execute()
}
