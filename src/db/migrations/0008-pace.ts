import type { Kysely } from 'kysely'

/** What a person allows a workflow; null: as much as gets through. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('workflows').addColumn('calls_per_minute', 'integer').execute()
  await db.schema.alterTable('workflows').addColumn('tokens_per_minute', 'integer').execute()
}
