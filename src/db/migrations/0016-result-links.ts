import type { Kysely } from 'kysely'

/** Links with which a person gets a result that is too large for their chat. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('result_links')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('task_id', 'text', (c) => c.notNull().references('batch_tasks.id').onDelete('cascade'))
    .addColumn('person_key', 'text', (c) => c.notNull())
    .addColumn('person_name', 'text', (c) => c.notNull())
    .addColumn('token_hash', 'text', (c) => c.notNull().unique())
    .addColumn('made_at', 'bigint', (c) => c.notNull())
    .addColumn('ends_at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('result_links_of_person', ['task_id', 'person_key'])
    .execute()
  await db.schema
    .alterTable('deliveries')
    .addColumn('place_knows', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
