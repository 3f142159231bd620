import { toText } from '../json.ts'
import type { Db } from '../schema.ts'

/** Variable name → the value that was given for all rows. */
export type RememberedConstants = Record<string, string>

/** What was given last time for this workflow in this place. */
export async function findConstants(
  db: Db,
  key: { workflowId: string; place: string },
): Promise<RememberedConstants | undefined> {
  const row = await db
    .selectFrom('remembered_constants')
    .select('constants')
    .where('workflow_id', '=', key.workflowId)
    .where('place', '=', key.place)
    .executeTakeFirst()
  return row && (JSON.parse(row.constants) as RememberedConstants) // as saveConstants wrote it
}

/** Takes the place of what was given before; none: nothing is remembered any more. */
export async function saveConstants(
  db: Db,
  { workflowId, place }: { workflowId: string; place: string },
  given: RememberedConstants,
  now: number,
): Promise<void> {
  if (Object.keys(given).length === 0) {
    await db
      .deleteFrom('remembered_constants')
      .where('workflow_id', '=', workflowId)
      .where('place', '=', place)
      .execute()
    return
  }
  const constants = toText(given)
  await db
    .insertInto('remembered_constants')
    .values({ workflow_id: workflowId, place, constants, used_at: now })
    .onConflict((oc) => oc.columns(['workflow_id', 'place']).doUpdateSet({ constants, used_at: now }))
    .execute()
}
