import type { Kysely } from 'kysely'

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('batch_tasks').addColumn('owner_key', 'text').execute()
  await db.schema.alterTable('batch_tasks').addColumn('pause_after', 'integer').execute()
  await db.schema.alterTable('workflows').addColumn('access', 'text').execute()
  await db.schema
    .createIndex('batch_tasks_owner')
    .on('batch_tasks')
    .columns(['owner_key', 'created_at'])
    .execute()
  await db.schema
    .createIndex('batch_tasks_workflow')
    .on('batch_tasks')
    .columns(['workflow_id', 'created_at'])
    .execute()

  await db.schema
    .createTable('drafts')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('source', 'text', (c) => c.notNull().unique())
    .addColumn('owner_key', 'text', (c) => c.notNull())
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .addColumn('locale', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('nonce', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('file_name', 'text', (c) => c.notNull())
    .addColumn('upload_id', 'text', (c) => c.references('uploads.id'))
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('message', 'text')
    .addColumn('task_id', 'text', (c) => c.references('batch_tasks.id').onDelete('set null'))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .execute()
  await db.schema.createIndex('drafts_expiry').on('drafts').columns(['status', 'expires_at']).execute()
  await db.schema.createIndex('drafts_upload').on('drafts').column('upload_id').execute()
  await db.schema.createIndex('batch_tasks_upload').on('batch_tasks').column('upload_id').execute()

  await db.schema
    .createTable('remembered_mappings')
    .addColumn('workflow_id', 'text', (c) => c.notNull().references('workflows.id').onDelete('cascade'))
    .addColumn('headings', 'text', (c) => c.notNull())
    .addColumn('mapping', 'text', (c) => c.notNull())
    .addColumn('used_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('remembered_mappings_key', ['workflow_id', 'headings'])
    .execute()

  await db.schema
    .createTable('task_messages')
    .addColumn('task_id', 'text', (c) => c.primaryKey().references('batch_tasks.id').onDelete('cascade'))
    .addColumn('owner', 'text', (c) => c.notNull())
    .addColumn('place', 'text', (c) => c.notNull())
    .addColumn('locale', 'text', (c) => c.notNull())
    .addColumn('message', 'text')
    .addColumn('posts', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('shown', 'text')
    .addColumn('shown_end', 'bigint')
    .addColumn('telling_end', 'bigint')
    .addColumn('told_end', 'bigint')
    .addColumn('lost', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
