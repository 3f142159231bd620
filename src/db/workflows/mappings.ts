import { toText } from '../json.ts'
import type { Db } from '../schema.ts'
import { isOneOf, isText } from '../sealed/compare.ts'
import { inTransaction } from '../transaction.ts'

/** Variable name → heading (as the wizard writes it), or null for “leave empty”. */
export type HeadingMapping = Record<string, string | null>

/** What people chose for this workflow and any of these headings, each one or several of a file; the latest first. */
export async function listMappings(
  db: Db,
  workflowId: string,
  headings: string[],
): Promise<{ headings: string; mapping: HeadingMapping }[]> {
  if (headings.length === 0) return []
  const rows = await db
    .selectFrom('remembered_mappings')
    .select(['headings', 'mapping'])
    .where('workflow_id', '=', workflowId)
    .where(isOneOf('headings', headings))
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
  // One from before they were encrypted, or since they are not any more, is no conflict: its key looks otherwise.
  await inTransaction(db, async (trx) => {
    await trx
      .deleteFrom('remembered_mappings')
      .where('workflow_id', '=', key.workflowId)
      .where(isText('headings', key.headings))
      .execute()
    await trx
      .insertInto('remembered_mappings')
      .values({ workflow_id: key.workflowId, headings: key.headings, mapping, used_at: now })
      .execute()
  })
}
