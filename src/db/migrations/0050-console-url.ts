import type { Kysely } from 'kysely'

/** Where an app is in Dify's own pages: no call of the API tells it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('workflows').addColumn('console_url', 'text').execute()
}
