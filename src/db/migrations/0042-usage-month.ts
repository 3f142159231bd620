import type { Kysely } from 'kysely'

/** What a workflow or a person has cost in a month is asked for before each call, where there is a limit. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const subject of ['workflow_id', 'person_key'])
    await db.schema
      .createIndex(`usage_${subject}`)
      .on('usage')
      .columns(['month', subject, 'currency'])
      .execute()
}
