import { toText } from '../json.ts'
import type { Db } from '../schema.ts'

/** Variable name → heading (as the wizard writes it), or null for “leave empty”. */
export type HeadingMapping = Record<string, string | null>

/** What a person last chose for this workflow and these headings. */
export async function findMapping(
  db: Db,
  workflowId: string,
  headings: string,
): Promise<HeadingMapping | undefined> {
  const row = await db
    .selectFrom('remembered_mappings')
    .select('mapping')
    .where('workflow_id', '=', workflowId)
    .where('headings', '=', headings)
    .executeTakeFirst()
  // Written by saveMapping, from a HeadingMapping.
  return row && (JSON.parse(row.mapping) as HeadingMapping)
}

export async function saveMapping(
  db: Db,
  key: { workflowId: string; headings: string },
  chosen: HeadingMapping,
  now: number,
): Promise<void> {
  const mapping = toText(chosen)
  await db
    .insertInto('remembered_mappings')
    .values({ workflow_id: key.workflowId, headings: key.headings, mapping, used_at: now })
    .onConflict((oc) => oc.columns(['workflow_id', 'headings']).doUpdateSet({ mapping, used_at: now }))
    .execute()
}
