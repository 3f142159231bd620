import type { Kysely } from 'kysely'

/** Where the command line writes a task's result: a file, or with a slash at the end a folder. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('batch_tasks').addColumn('result_place', 'text').execute()
}
