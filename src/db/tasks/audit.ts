import { toText, withoutNul } from '../json.ts'
import type { AuditTable, Db, Trx } from '../schema.ts'

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

export interface AuditFilter {
  /** id of a task or a workflow: only what was done to it */
  target?: string | undefined
  /** only what somebody of this name did */
  who?: string | undefined
  action?: string | undefined
  /** only what was done through this face */
  face?: string | undefined
}

/** Newest first. */
export async function listAudit(
  db: Db,
  { limit = 50, offset = 0, ...filter }: { limit?: number; offset?: number } & AuditFilter = {},
): Promise<{ entries: AuditEntry[]; total: number }> {
  let query = db.selectFrom('audit_log')
  for (const column of ['target', 'who', 'action', 'face'] as const) {
    const value = filter[column]
    if (value !== undefined) query = query.where(column, '=', value)
  }
  const { total } = await query.select((eb) => eb.fn.countAll<number>().as('total')).executeTakeFirstOrThrow()
  const rows = await query.selectAll().orderBy('id', 'desc').limit(limit).offset(offset).execute()
  const entries = rows.map(({ details, ...row }) => ({
    ...row,
    // Written by insertAudit, from an object.
    details: details === null ? null : (JSON.parse(details) as Record<string, unknown>),
  }))
  return { entries, total }
}
