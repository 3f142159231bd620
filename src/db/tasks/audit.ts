import type { Selectable } from 'kysely'
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
  return { entries: rows.map(toEntry), total }
}

/** Oldest first, from `since` on and before `until`. @param page.after only entries with larger ids */
export async function listAuditAfter(
  db: Db,
  {
    after,
    limit,
    since = 0,
    until = Number.MAX_SAFE_INTEGER,
  }: { after: number; limit: number; since?: number | undefined; until?: number | undefined },
): Promise<AuditEntry[]> {
  const rows = await db
    .selectFrom('audit_log')
    .selectAll()
    .where('id', '>', after)
    .where('at', '>=', since)
    .where('at', '<', until)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(toEntry)
}

function toEntry({ details, ...row }: Selectable<AuditTable>): AuditEntry {
  // Written by insertAudit, from an object.
  return { ...row, details: details === null ? null : (JSON.parse(details) as Record<string, unknown>) }
}
