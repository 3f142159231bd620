import { type Kysely, sql } from 'kysely'

/** The headings of a task in alphabetical order, so that a sheet whose columns were moved is recognized. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('batch_tasks').addColumn('heading_set', 'text').execute()
  const tasks = await sql<{ id: string; headings: string }>`select id, headings from batch_tasks`.execute(db)
  for (const { id, headings } of tasks.rows) {
    const set = JSON.stringify((JSON.parse(headings) as string[]).toSorted()) // as insertTask wrote them
    await sql`update batch_tasks set heading_set = ${set} where id = ${id}`.execute(db)
  }
}
