import type { Db, Trx } from '../db/schema.ts'
import type { RecordAct } from '../db/store.ts'
import { insertAudit } from '../db/tasks/audit.ts'
import type { Clock } from '../engine/clock.ts'
import type { Actor } from './actor.ts'

/** What was done, on what. */
export interface Act {
  /** `task.stop`, `workflow.add`: what the audit’s page has words for */
  action: string
  /** id of a task or a workflow */
  target?: string
  /** never a key, a token, or what a cell says */
  details?: Record<string, unknown>
}

/** What keeping the audit needs. */
export interface AuditApp {
  db: Db
  clock: Pick<Clock, 'now'>
  log: { info(about: object, message: string): void }
}

/**
 * Does it, and keeps who did, in one transaction: both, or neither.
 * @param work gives what it was for the audit (undefined: nothing was changed that is worth an entry), and its result
 */
export async function audited<T>(
  { db, clock, log }: AuditApp,
  actor: Actor,
  work: (trx: Trx) => Promise<{ act: Act | undefined; result: T }>,
): Promise<T> {
  const { act, result } = await db.transaction().execute(async (trx) => {
    const done = await work(trx)
    if (done.act) await insertAct(trx, actor, clock.now(), done.act)
    return done
  })
  if (act) {
    const { action, target } = act
    // Who it was is in the database, as with what is done to tasks.
    log.info({ face: actor.face, action, target }, 'somebody changed something')
  }
  return result
}

/** Keeps who did what there is no more to write about. */
export async function audit(app: AuditApp, actor: Actor, act: Act): Promise<void> {
  await audited(app, actor, () => Promise.resolve({ act, result: undefined }))
}

/** For a task store: every act on a task is this actor’s. The log has its line from observed-stores.ts. */
export function taskAudit(actor: Actor, clock: Pick<Clock, 'now'>): RecordAct {
  return (trx, { action, task, rows }) =>
    insertAct(trx, actor, clock.now(), {
      action,
      target: task.id,
      details: { task: task.name, ...(rows !== undefined && { rows }) },
    })
}

async function insertAct(trx: Trx, actor: Actor, at: number, act: Act): Promise<void> {
  const { action, target = null, details } = act
  const { name, role, face, key } = actor
  // People of a chat name themselves as they like: their id is who they are.
  const isOfChat = face === 'slack' || face === 'discord'
  const about = { ...details, ...(isOfChat && key !== undefined && { person: key }) }
  await insertAudit(trx, {
    at,
    who: name,
    role,
    face,
    action,
    target,
    details: Object.keys(about).length > 0 ? about : null,
  })
}
