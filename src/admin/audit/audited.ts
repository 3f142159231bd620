import { insertAudit } from '../../db/tasks/audit.ts'
import type { AuditTable } from '../../db/schema.ts'
import type { Identity } from '../sign-in/identity.ts'
import type { AdminOptions } from '../options.ts'

export type Face = AuditTable['face']

export interface Act {
  /** `task.stop`, `workflow.add`: what the audit’s page has words for */
  action: string
  /** id of a task or a workflow */
  target?: string
  /** never a key, a token, or what a cell says */
  details?: Record<string, unknown>
}

/** Who did what, when, by which face: kept after it was done. */
export async function audited(
  { db, clock, log }: Pick<AdminOptions, 'db' | 'clock' | 'log'>,
  { name, role }: Pick<Identity, 'name' | 'role'>,
  face: Face,
  { action, target, details }: Act,
): Promise<void> {
  log.info({ who: name, face, action, target }, 'somebody changed something')
  await insertAudit(db, {
    at: clock.now(),
    who: name,
    role,
    face,
    action,
    target: target ?? null,
    details: details ?? null,
  })
}
