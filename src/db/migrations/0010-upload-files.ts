import type { Kysely } from 'kysely'

/** Files that came along with an upload. Their bytes are in the file store, by hash. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('upload_files')
    .addColumn('upload_id', 'text', (c) => c.notNull().references('uploads.id').onDelete('cascade'))
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('size', 'bigint', (c) => c.notNull())
    .addColumn('content', 'text')
    .addPrimaryKeyConstraint('upload_files_key', ['upload_id', 'position'])
    .execute()
  await db.schema.createIndex('upload_files_content').on('upload_files').column('sha256').execute()
  await db.schema
    .alterTable('uploads')
    .addColumn('lists_files', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
}
