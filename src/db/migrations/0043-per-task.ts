import type { Kysely } from 'kysely'

/** How much each new task of a workflow may cost, unless whoever starts it says otherwise. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('workflows').addColumn('per_task', 'text').execute()
}
