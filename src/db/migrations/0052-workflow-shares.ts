import { type Kysely, sql } from 'kysely'

/**
 * What each machine may use of a workflow's limits, and what they have learnt of its server together. A machine's line
 * expires unless it renews it. None of it is worth a flush of the disk, and none outlives its machines.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('workflow_throttles')
    .addColumn('workflow_id', 'text', (column) =>
      column.primaryKey().references('workflows.id').onDelete('cascade'),
    )
    .addColumn('learnt', 'text', (column) => column.notNull())
    .execute()
  await db.schema
    .createTable('workflow_shares')
    .addColumn('workflow_id', 'text', (column) =>
      column.notNull().references('workflows.id').onDelete('cascade'),
    )
    .addColumn('machine', 'text', (column) => column.notNull())
    .addColumn('renewed_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('lanes', 'integer', (column) => column.notNull())
    .addColumn('in_use', 'integer', (column) => column.notNull())
    .addColumn('row_tokens', sql`double precision`, (column) => column.notNull())
    .addColumn('parts', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('workflow_shares_key', ['workflow_id', 'machine'])
    .execute()
}
