import { type Kysely, sql } from 'kysely'

/** Who else is notified of a task's end, and what became of it. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('batch_tasks').addColumn('notify', 'text').execute()
  await db.schema.alterTable('batch_tasks').addColumn('notified_end', 'bigint').execute()
  // Nobody expects to be notified of ends from before there were notifications.
  await sql`update batch_tasks set notified_end = finished_at`.execute(db)
  await db.schema
    .createIndex('batch_tasks_notify')
    .on('batch_tasks')
    .column('finished_at')
    .where(sql<boolean>`finished_at is not null and (notified_end is null or notified_end <> finished_at)`)
    .execute()

  await db.schema
    .createTable('notifications')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('task_id', 'text', (c) => c.notNull().references('batch_tasks.id').onDelete('cascade'))
    .addColumn('task_end', 'bigint', (c) => c.notNull())
    .addColumn('channel', 'text', (c) => c.notNull().check(sql`channel in ('webhook', 'email', 'folder')`))
    .addColumn('target', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull().check(sql`state in ('due', 'sent', 'failed', 'outdated')`))
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('try_at', 'bigint', (c) => c.notNull())
    .addColumn('error', 'text')
    .addColumn('content', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('sent_at', 'bigint')
    .addUniqueConstraint('notifications_end', ['task_id', 'task_end', 'channel', 'target'])
    .execute()
  await db.schema
    .createIndex('notifications_due')
    .on('notifications')
    .column('try_at')
    .where(sql<boolean>`state = 'due'`)
    .execute()
}
