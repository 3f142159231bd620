import type { Kysely } from 'kysely'

/** Whether the bytes of an upload are encrypted: see drafts/uploads.ts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('uploads')
    .addColumn('encrypted', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
