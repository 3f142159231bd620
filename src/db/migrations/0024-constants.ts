import type { Kysely } from 'kysely'

/**
 * One value for all rows: what a task was sent, and what was given last time in the same place. And the outputs that a
 * workflow must give.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('batch_tasks').addColumn('constants', 'text').execute()
  await db.schema.alterTable('workflows').addColumn('required_outputs', 'text').execute()
  await db.schema
    .createTable('remembered_constants')
    .addColumn('workflow_id', 'text', (column) =>
      column.notNull().references('workflows.id').onDelete('cascade'),
    )
    .addColumn('place', 'text', (column) => column.notNull())
    .addColumn('constants', 'text', (column) => column.notNull())
    .addColumn('used_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('remembered_constants_key', ['workflow_id', 'place'])
    .execute()
}
