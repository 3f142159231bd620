import type { Kysely } from 'kysely'

/** What Dify did in a run, step by step, where its stream has told. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('runs').addColumn('steps', 'text').execute()
}
