import type { Kysely } from 'kysely'

/** Until when a machine is at work on a draft’s file without saying so again. 0: the only process there is. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('drafts')
    .addColumn('read_until', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute()
}
