import type { Kysely } from 'kysely'

/** How much a task may cost, and whether that is why it is paused. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('batch_tasks').addColumn('limit_nano', 'bigint').execute()
  await db.schema.alterTable('batch_tasks').addColumn('limit_currency', 'text').execute()
  await db.schema.alterTable('batch_tasks').addColumn('limit_tokens', 'bigint').execute()
  // by how much one click raises it: its first size
  await db.schema.alterTable('batch_tasks').addColumn('limit_step_nano', 'bigint').execute()
  await db.schema
    .alterTable('batch_tasks')
    .addColumn('at_limit', 'integer', (column) => column.notNull().defaultTo(0))
    .execute()
}
