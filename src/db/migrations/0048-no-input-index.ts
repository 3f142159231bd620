import type { Kysely } from 'kysely'

/**
 * Hashes come in no order, so that each new row changed a page of its own in this index: more than half of what it took
 * to store a large task. Only a task that is made from an earlier one looks for hashes, and it reads them all anyway.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex('executions_input').execute()
}
