import { toText, withoutNul } from './json.ts'
import type { AuditTable, Db, Trx } from './schema.ts'

export interface NewAuditEntry {
  at: number
  who: string
  role: string
  face: AuditTable['face']
  action: string
  /** id of a task or a workflow */
  target?: string | null
  details?: Record<string, unknown> | null
}

export interface AuditEntry extends Required<NewAuditEntry> {
  id: number
}

export async function insertAudit(db: Db | Trx, entry: NewAuditEntry): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({
      at: entry.at,
      who: withoutNul(entry.who),
      role: entry.role,
      face: entry.face,
      action: entry.action,
      target: entry.target ?? null,
      details: entry.details ? toText(entry.details) : null,
    })
    .execute()
}

/**
 * Newest first.
 * @param filter.target only what was done to this task or workflow
 */
export async function listAudit(
  db: Db,
  { limit = 50, offset = 0, target }: { limit?: number; offset?: number; target?: string } = {},
): Promise<{ entries: AuditEntry[]; total: number }> {
  let query = db.selectFrom('audit_log')
  if (target !== undefined) query = query.where('target', '=', target)
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await query.selectAll().orderBy('id', 'desc').limit(limit).offset(offset).execute()
  const entries = rows.map(({ details, ...row }) => ({
    ...row,
    // Written by insertAudit, from an object.
    details: details === null ? null : (JSON.parse(details) as Record<string, unknown>),
  }))
  return { entries, total }
}
