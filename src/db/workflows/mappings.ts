import { toText } from '../json.ts'
import type { Db } from '../schema.ts'

/** Variable name → heading (as the wizard writes it), or null for “leave empty”. */
export type HeadingMapping = Record<string, string | null>

/** What people chose for this workflow and any of these headings, each one or several of a file; the latest first. */
export async function listMappings(
  db: Db,
  workflowId: string,
  headings: string[],
): Promise<{ headings: string; mapping: HeadingMapping }[]> {
  const rows = await db
    .selectFrom('remembered_mappings')
    .select(['headings', 'mapping'])
    .where('workflow_id', '=', workflowId)
    .where('headings', 'in', headings)
    .orderBy('used_at', 'desc')
    .execute()
  // `as`: written by saveMapping, from a HeadingMapping.
  return rows.map((row) => ({ headings: row.headings, mapping: JSON.parse(row.mapping) as HeadingMapping }))
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
