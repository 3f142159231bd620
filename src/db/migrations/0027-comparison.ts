import type { Kysely } from 'kysely'

/** Two tasks that run the same rows through two workflows. They are deleted together. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const task = 'batch_tasks.id'
  await db.schema
    .createTable('comparisons')
    .addColumn('task_a', 'text', (c) => c.primaryKey().references(task).onDelete('cascade'))
    .addColumn('task_b', 'text', (c) => c.notNull().unique().references(task).onDelete('cascade'))
    .addColumn('chosen', 'text')
    .execute()
}
