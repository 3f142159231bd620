import type { Db, Trx } from '../db/schema.ts'
import type { RecordAct } from '../db/store.ts'
import { insertAudit } from '../db/tasks/audit.ts'
import type { Clock } from '../engine/clock.ts'
import { limitText } from '../engine/limits.ts'
import type { Constant } from '../engine/task.ts'
import { clip } from '../messages/rich-text.ts'
import type { Actor } from './actor.ts'
import { bareAddress } from './bare-address.ts'
import { inTransaction } from '../db/transaction.ts'

/** What was done, and on what. */
export interface Act {
  /** `task.stop`, `workflow.add`: the audit’s page has a text for each */
  action: string
  /** id of a task or a workflow */
  target?: string
  /** never a key, a token or the text of a cell */
  details?: Record<string, unknown>
}

/** What writing the audit needs. */
export interface AuditApp {
  db: Db
  clock: Pick<Clock, 'now'>
  log: { info(about: object, message: string): void }
}

/**
 * Does the work and writes its audit entry in one transaction: both, or neither.
 * @param work returns its result and the audit’s act (undefined: nothing changed that needs an entry)
 */
export async function audited<T>(
  { db, clock, log }: AuditApp,
  actor: Actor,
  work: (trx: Trx) => Promise<{ act: Act | undefined; result: T }>,
): Promise<T> {
  const { act, result } = await inTransaction(db, async (trx) => {
    const done = await work(trx)
    if (done.act) await insertAct(trx, actor, clock.now(), done.act)
    return done
  })
  if (act) {
    const { action, target } = act
    // The actor’s name is in the database only, as with acts on tasks.
    log.info({ face: actor.face, action, target }, 'somebody changed something')
  }
  return result
}

/** Writes an audit entry for something that changes nothing else in the database. */
export async function audit(app: AuditApp, actor: Actor, act: Act): Promise<void> {
  await audited(app, actor, () => Promise.resolve({ act, result: undefined }))
}

/** Makes a task store audit every act under this actor. observed-stores.ts writes the log. */
export function taskAudit(actor: Actor, clock: Pick<Clock, 'now'>): RecordAct {
  return (trx, { action, task, rows, row, inputs, limit }) =>
    insertAct(trx, actor, clock.now(), {
      action,
      target: task.id,
      details: {
        task: task.name,
        ...(rows !== undefined && { rows }),
        ...(row !== undefined && { row }),
        ...(inputs && { inputs }),
        ...(limit && { atMost: limitText(limit) }),
        ...(action === 'task.create' && task.constants && { allRows: valuesSent(task.constants) }),
      },
    })
}

/** `tone = formal`, in short. Of an address, nothing that may give access to what is behind it. */
function valuesSent(constants: Constant[]): string[] {
  return constants.map(({ name, text, isDefault }) => {
    const isAddress = /^https?:\/\//i.test(text.trim()) && URL.canParse(text.trim())
    const value = clip(isAddress ? bareAddress(text.trim()) : text, VALUE_CHARS)
    return `${name} = ${value}${isDefault ? ' (default)' : ''}`
  })
}

const VALUE_CHARS = 100

async function insertAct(trx: Trx, actor: Actor, at: number, act: Act): Promise<void> {
  const { action, target = null, details } = act
  const { name, role, face, key } = actor
  // In a chat, and at some providers, people choose their own names, so the id is needed to identify them.
  const isOfChat = face === 'slack' || face === 'discord' || key?.startsWith('web::oidc:') === true
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
