import type { Kysely } from 'kysely'

/** What has arrived from a chat, and when last: the proof that the chat’s app sends it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('chat_arrivals')
    .addColumn('platform', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('arrived_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('chat_arrivals_pk', ['platform', 'account', 'kind'])
    .execute()
}
