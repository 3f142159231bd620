import type { Kysely } from 'kysely'

/**
 * Files are uploaded before a run is asked for. A call that was interrupted in between has no run, and need not be
 * looked up.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('runs').addColumn('uploading_at', 'bigint').execute()
  await db.schema.alterTable('runs').addColumn('posted_at', 'bigint').execute()
}
