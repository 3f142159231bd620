import { type Kysely, sql } from 'kysely'

/** Reasons to look at a row's outputs. They are facts beside the row: see judge/flag.ts. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('task_executions').addColumn('flags', 'text').execute()
  await db.schema
    .createIndex('executions_flagged')
    .on('task_executions')
    .columns(['task_id', 'row_number'])
    .where(sql<boolean>`flags is not null`)
    .execute()
  await db.schema.alterTable('batch_tasks').addColumn('judged', 'integer').execute()
}
