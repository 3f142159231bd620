import { type AuditEntry, listAuditAfter } from '../db/tasks/audit.ts'
import type { Db } from '../db/schema.ts'
import { BYTE_ORDER_MARK, csvLine } from '../workbook/write/result-csv.ts'

export const AUDIT_FORMATS = ['csv', 'jsonl'] as const
export type AuditFormat = (typeof AUDIT_FORMATS)[number]

/** From this time on, before that one: ms since 1970. */
export interface TimeRange {
  since?: number | undefined
  until?: number | undefined
}

const HEADINGS = ['id', 'at', 'who', 'role', 'face', 'action', 'target', 'details']
const LINES_AT_ONCE = 1_000

/** The audit, oldest first, in parts of some lines, so that a long one is never whole in memory. */
export async function* exportAudit(db: Db, format: AuditFormat, range: TimeRange): AsyncGenerator<string> {
  if (format === 'csv') yield BYTE_ORDER_MARK + csvLine(HEADINGS)
  for (let after = 0; ;) {
    const entries = await listAuditAfter(db, { ...range, after, limit: LINES_AT_ONCE })
    const last = entries.at(-1)
    if (!last) return
    yield entries
      .map((entry) => (format === 'csv' ? csvOf(entry) : `${JSON.stringify(jsonOf(entry))}\n`))
      .join('')
    after = last.id
  }
}

function jsonOf(entry: AuditEntry) {
  return { ...entry, at: new Date(entry.at).toISOString() }
}

function csvOf(entry: AuditEntry): string {
  const { id, at, who, role, face, action, target, details } = jsonOf(entry)
  return csvLine([id, at, who, role, face, action, target ?? '', details ? JSON.stringify(details) : ''])
}
