import type { Kysely } from 'kysely'

/** Why a notification has not arrived, by code and parameters. What is there already stays English. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('notifications').addColumn('error_sentence', 'text').execute()
}
