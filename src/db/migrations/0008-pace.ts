import type { Kysely } from 'kysely'

/** Rates that a person has set for a workflow; null: no limit of ours. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('workflows').addColumn('calls_per_minute', 'integer').execute()
  await db.schema.alterTable('workflows').addColumn('tokens_per_minute', 'integer').execute()
}
