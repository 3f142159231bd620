import type { Kysely } from 'kysely'

/** How often in a row a task was taken from a dead runner without a row having ended, and how many had ended then. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('batch_tasks')
    .addColumn('take_overs', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema
    .alterTable('batch_tasks')
    .addColumn('settled_then', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
