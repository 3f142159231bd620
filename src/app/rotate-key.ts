import { deleteAllLinks } from '../db/tasks/result-links.ts'
import { findShared, replaceShared } from '../db/shared-values.ts'
import type { SecretBox } from '../db/workflows/secret-box.ts'
import { inTransaction } from '../db/transaction.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audited, type AuditApp } from './audit.ts'
import { checkOf, opens } from './shared-secrets.ts'

export interface RotationApp extends AuditApp {
  /** reads what either key has sealed */
  box: SecretBox
  /** of the key that is set, and no other */
  currentBox: SecretBox
  /** whether an older key is set, too */
  hasOldKey: boolean
  isShared: boolean
}

export interface Rotated {
  /** keys of apps, tokens of forms, the admin token and the data key that are encrypted with the new key since */
  sealed: number
  /** links to results that have ended, because whoever asked wanted that */
  links: number
}

/**
 * Encrypts everything anew that the old key has encrypted, in short transactions, while others read: who has both keys reads
 * either. If it is interrupted, the next call goes on; one that finds nothing to do changes nothing.
 * Links to results work on: they are found by the hash of their token, and the key is needed only to make that token again.
 * @param how.endLinks whoever has the old key and a copy of the database could make their tokens
 * @throws NotAllowed, UserError if there is no old key, or neither key opens something
 */
export async function rotateKey(
  app: RotationApp,
  actor: Actor,
  { endLinks = false }: { endLinks?: boolean } = {},
): Promise<Rotated> {
  requireAdmin(actor)
  const { db } = app
  if (!app.hasOldKey) throw new UserError(say('no-old-key'), say('do-set-old-key'))
  let sealed = await sealWorkflows(app)
  const forms = await db.selectFrom('forms').select(['id', 'token']).where('token', 'is not', null).execute()
  for (const form of forms) {
    const anew = sealedAnew(app, form.token ?? '')
    if (anew === undefined) continue
    const { numUpdatedRows } = await db
      .updateTable('forms')
      .set({ token: anew })
      .where('id', '=', form.id)
      .where('token', '=', form.token)
      .executeTakeFirst()
    sealed += Number(numUpdatedRows)
  }
  for (const name of ['admin token', 'data key'] as const) {
    const value = await findShared(db, name)
    const anew = value === undefined ? undefined : sealedAnew(app, value)
    if (anew === undefined) continue
    await replaceShared(db, name, anew)
    sealed++
  }
  if (sealed === 0 && !endLinks) return { sealed, links: 0 }
  return audited(app, actor, async (trx) => {
    const result = { sealed, links: endLinks ? await deleteAllLinks(trx) : 0 }
    return { act: { action: 'key.rotate', details: { sealed, links: result.links } }, result }
  })
}

/**
 * All in one transaction, with the check of the key: processes that start from then on encrypt with the new one, and find
 * every workflow by its hash. There are some hundreds at most.
 */
async function sealWorkflows(app: RotationApp): Promise<number> {
  return inTransaction(app.db, async (trx) => {
    const workflows = await trx
      .selectFrom('workflows')
      .select(['id', 'base_url', 'api_key'])
      .where('api_key', '<>', '')
      .execute()
    let sealed = 0
    for (const { id, base_url, api_key } of workflows) {
      const anew = sealedAnew(app, api_key)
      if (anew === undefined) continue
      const key_hash = app.currentBox.hash(`${base_url} ${app.currentBox.open(anew)}`)
      await trx.updateTable('workflows').set({ api_key: anew, key_hash }).where('id', '=', id).execute()
      sealed++
    }
    if (app.isShared) await replaceShared(trx, 'secret key', checkOf(app.currentBox))
    return sealed
  })
}

/** Undefined: it is sealed with the new key already. */
function sealedAnew({ box, currentBox }: RotationApp, sealed: string): string | undefined {
  return opens(currentBox, sealed) ? undefined : currentBox.seal(box.open(sealed))
}
