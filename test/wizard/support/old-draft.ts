import type { Db } from '../../../src/db/schema.ts'

/** Changes a draft's state as it is stored, to what another version would have stored. */
export async function saveDraft(
  db: Db,
  id: string,
  change: (state: Record<string, unknown>) => Record<string, unknown>,
): Promise<void> {
  const { state } = await db
    .selectFrom('drafts')
    .select('state')
    .where('id', '=', id)
    .executeTakeFirstOrThrow()
  const changed = JSON.stringify(change(JSON.parse(state)))
  await db.updateTable('drafts').set({ state: changed }).where('id', '=', id).execute()
}
