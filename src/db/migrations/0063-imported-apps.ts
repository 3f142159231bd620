import type { Kysely } from 'kysely'

/** Which workflow each app of a Dify server was imported as: one at a time, though two processes import it at once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('imported_apps')
    .addColumn('base_url', 'text', (c) => c.notNull())
    .addColumn('app_id', 'text', (c) => c.notNull())
    .addColumn('workflow_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('imported_apps_key', ['base_url', 'app_id'])
    .execute()
}
