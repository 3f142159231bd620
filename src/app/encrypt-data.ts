import { listClearColumns, listEncryptedColumns } from '../db/sealed/in-the-clear.ts'
import type { Sealing } from '../db/sealed/data-key.ts'
import { rewriteTexts } from '../db/sealed/rewrite.ts'
import { noteSealedState } from '../db/sealed/state.ts'
import type { Db } from '../db/schema.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audit, type AuditApp } from './audit.ts'

export interface RewritingApp extends AuditApp {
  db: Db
  sealing: Sealing
}

/** How much was written anew so far. */
export interface RewritingProgress {
  /** a table, or another kind of thing */
  of: string
  done: number
}

export interface Rewritten {
  /** rows of the database */
  rows: number
  /** what is still not as it should be: columns of tables. Another process has another setting */
  left: string[]
}

/**
 * Encrypts what is in the clear from before the setting was on, while others read and write. If it is interrupted, the
 * next call goes on.
 * @throws NotAllowed, UserError if the setting is off
 */
export async function encryptData(
  app: RewritingApp,
  actor: Actor,
  onProgress: (progress: RewritingProgress) => void,
): Promise<Rewritten> {
  if (!app.sealing.isOn) throw new UserError(say('encryption-off'), say('do-set-encryption-on'))
  return rewrite(app, actor, onProgress)
}

/** The way back. @throws NotAllowed, UserError if the setting is on */
export async function decryptData(
  app: RewritingApp,
  actor: Actor,
  onProgress: (progress: RewritingProgress) => void,
): Promise<Rewritten> {
  if (app.sealing.isOn) throw new UserError(say('encryption-on'), say('do-set-encryption-off'))
  return rewrite(app, actor, onProgress)
}

/** First the rows, then everything else that is as the setting was. */
async function rewrite(
  app: RewritingApp,
  actor: Actor,
  onProgress: (progress: RewritingProgress) => void,
): Promise<Rewritten> {
  requireAdmin(actor)
  const { db, sealing } = app
  const rows = await rewriteTexts(db, ({ table, rows: done }) => onProgress({ of: table, done }))
  const action = sealing.isOn ? 'data.encrypt' : 'data.decrypt'
  if (rows > 0) await audit(app, actor, { action, details: { rows } })
  const left = sealing.isOn ? await listClearColumns(db) : await listEncryptedColumns(db)
  if (left.length === 0 && (await sealing.keys()) !== undefined)
    await noteSealedState(db, sealing.isOn ? 'all' : 'none')
  return { rows, left }
}
