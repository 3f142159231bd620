import { type Kysely, sql } from 'kysely'

/** Files among the outputs of rows. Their bytes are in the file store, by hash. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('output_files')
    .addColumn('execution_id', 'text', (c) =>
      c.notNull().references('task_executions.id').onDelete('cascade'),
    )
    .addColumn('position', 'integer', (c) => c.notNull())
    .addColumn('task_id', 'text', (c) => c.notNull())
    .addColumn('row_number', 'integer', (c) => c.notNull())
    .addColumn('output', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('mime_type', 'text', (c) => c.notNull())
    .addColumn('size', 'bigint')
    .addColumn('url', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull().check(sql`status in ('waiting', 'fetched', 'failed')`))
    .addColumn('error', 'text')
    .addColumn('sha256', 'text')
    .addColumn('tries', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('ask_again', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('output_files_key', ['execution_id', 'position'])
    .execute()
  await db.schema
    .createIndex('output_files_of_task')
    .on('output_files')
    .columns(['task_id', 'row_number', 'position'])
    .execute()
  await db.schema.createIndex('output_files_content').on('output_files').column('sha256').execute()
  await db.schema
    .createIndex('output_files_waiting')
    .on('output_files')
    .column('task_id')
    .where(sql<boolean>`status = 'waiting'`)
    .execute()
}
