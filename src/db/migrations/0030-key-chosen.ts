import type { Kysely } from 'kysely'

/** Whether a person chose the columns that name a row: then they are those of the next file, too. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('batch_tasks')
    .addColumn('key_chosen', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
