import type { Kysely } from 'kysely'

/** What Dify said of an app when it was last asked, so that the page can say how the app has changed, and who is slow. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const [column, type] of [
    ['version_synced', 'text'],
    ['checked_at', 'bigint'],
    ['checked_app', 'text'],
    ['check_error', 'text'],
    ['check_error_sentence', 'text'],
  ] as const)
    await db.schema.alterTable('workflows').addColumn(column, type).execute()
}
