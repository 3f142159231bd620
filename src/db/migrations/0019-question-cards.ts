import { type Kysely, sql } from 'kysely'

/** The message of a task that asks what its waiting rows need, until it has been seen on the platform. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('question_cards')
    .addColumn('task_id', 'text', (c) => c.primaryKey().references('batch_tasks.id').onDelete('cascade'))
    .addColumn('began_at', 'bigint', (c) => c.notNull())
    .addColumn('asked_since', 'bigint', (c) => c.notNull())
    .addColumn('message', 'text')
    .addColumn('shown', 'text')
    .addColumn('ended', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('state', 'text', (c) =>
      c
        .notNull()
        .defaultTo('due')
        .check(sql`state in ('due', 'sending', 'waiting', 'seen')`),
    )
    .addColumn('rung', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('try_at', 'bigint', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('place', 'text')
    .execute()
}
