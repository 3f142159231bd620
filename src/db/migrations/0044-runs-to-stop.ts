import { type Kysely, sql } from 'kysely'

/** The runner asks several times a second for runs that are to be stopped and that nobody watches. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('runs_to_stop')
    .on('runs')
    .column('stop_asked_at')
    .where(sql<boolean>`(status = 'open' and stop_asked_at is not null)`)
    .execute()
}
