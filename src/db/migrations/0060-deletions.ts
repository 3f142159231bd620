import type { Kysely } from 'kysely'

/** When parts of a task were deleted because they were old, and whether that is still going on. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const part of ['upload', 'inputs', 'outputs', 'files', 'log'])
    await db.schema.alterTable('batch_tasks').addColumn(`${part}_deleted_at`, 'bigint').execute()
  await db.schema
    .alterTable('batch_tasks')
    .addColumn('deleting', 'integer', (c) => c.notNull().defaultTo(0))
    .execute()
  await db.schema.createIndex('audit_log_at').on('audit_log').column('at').execute()
}
