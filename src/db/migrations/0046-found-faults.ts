import type { Kysely } from 'kysely'

/** Why a row was left out, as data, so that each reader has it in their own language. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('left_out_rows').addColumn('found', 'text').execute()
}
