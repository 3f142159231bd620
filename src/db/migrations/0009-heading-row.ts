import type { Kysely } from 'kysely'

/** Where the columns of a result go in the person’s own workbook; null: the task began before this was kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('batch_tasks').addColumn('heading_row', 'integer').execute()
}
