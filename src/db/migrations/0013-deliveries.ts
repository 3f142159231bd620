import { type Kysely, sql } from 'kysely'

/** What a person must get of a task, until it has been seen on the platform. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('deliveries')
    .addColumn('task_id', 'text', (c) => c.notNull().references('batch_tasks.id').onDelete('cascade'))
    .addColumn('what', 'text', (c) => c.notNull().check(sql`what in ('result', 'files', 'halted')`))
    .addColumn('task_end', 'bigint', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull().check(sql`state in ('due', 'sending', 'waiting', 'seen')`))
    .addColumn('rung', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('try_at', 'bigint', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('place', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('seen_at', 'bigint')
    .addPrimaryKeyConstraint('deliveries_key', ['task_id', 'what', 'task_end'])
    .execute()
  await db.schema
    .createIndex('deliveries_open')
    .on('deliveries')
    .column('try_at')
    .where(sql<boolean>`state <> 'seen'`)
    .execute()
  // Their places were gone when nothing else was tried: after all this time nobody expects their results.
  await sql`
    update task_messages set
      told_end = (select finished_at from batch_tasks where id = task_id),
      shown_end = (select finished_at from batch_tasks where id = task_id)
    where lost = 1
  `.execute(db)
}
