import { createHash, randomBytes } from 'node:crypto'
import { deleteSessionsOf } from '../db/access/sessions.ts'
import { type AccessToken, findToken, insertToken, setRevoked } from '../db/access/tokens.ts'
import type { AccessRole } from '../db/schema.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import { type Actor, requireAdmin } from './actor.ts'
import { audited, type AuditApp } from './audit.ts'

/*
 * Named tokens: each opens the page and the API with one role, is shown once, when it is made, and can be revoked by
 * itself. The database has only its hash; it is 32 random bytes, so a plain SHA-256 is enough.
 */

/** admin: everything. runner: starts tasks, and sees and acts on its own only. viewer: sees everything, changes nothing. */
export const ACCESS_ROLES = ['admin', 'runner', 'viewer'] as const satisfies readonly AccessRole[]

export const TOKEN_NAME_CHARS = 60
/** Lets people and scanners for leaked secrets tell what it is. */
const PREFIX = 'rowbot_'
const TOKEN_BYTES = 32
const ID_BYTES = 6

export interface NewToken {
  name: string
  role: AccessRole
}

/**
 * Makes a token. @returns it together with the token itself, which nothing can tell again
 * @throws NotAllowed, UserError if the name is empty or taken
 */
export async function addToken(
  app: AuditApp,
  actor: Actor,
  { name, role }: NewToken,
): Promise<{ made: AccessToken; token: string }> {
  requireAdmin(actor)
  const called = cleanName(name)
  if (called === '') throw new UserError(say('token-needs-name'), say('do-name-token'))
  const token = PREFIX + randomBytes(TOKEN_BYTES).toString('base64url')
  const id = randomBytes(ID_BYTES).toString('hex')
  return audited(app, actor, async (trx) => {
    if (await findToken(trx, { name: called }))
      throw new UserError(say('token-name-taken', { name: called }), say('do-revoke-or-rename'))
    const made = { id, name: called, role, madeAt: app.clock.now(), madeBy: actor.name }
    await insertToken(trx, { ...made, hash: tokenHash(token) })
    return {
      act: { action: 'token.add', target: id, details: { token: called, role } },
      result: { made: { ...made, usedAt: null, revokedAt: null, revokedBy: null }, token },
    }
  })
}

/**
 * Ends a token at once, together with the sessions that it has opened. @param nameOrId of one that works
 * @throws NotAllowed, UserError if there is none
 */
export async function revokeToken(app: AuditApp, actor: Actor, nameOrId: string): Promise<AccessToken> {
  requireAdmin(actor)
  return audited(app, actor, async (trx) => {
    const found = (await findToken(trx, { id: nameOrId })) ?? (await findToken(trx, { name: nameOrId }))
    if (!found) throw new UserError(say('no-such-token', { name: nameOrId }), say('do-list-tokens'))
    const { id, name, role } = found
    const at = app.clock.now()
    await setRevoked(trx, id, { at, by: actor.name })
    await deleteSessionsOf(trx, id)
    return {
      act: { action: 'token.revoke', target: id, details: { token: name, role } },
      result: { ...found, revokedAt: at, revokedBy: actor.name },
    }
  })
}

export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** One line, at most as long as a name may be. */
export function cleanName(name: string): string {
  return [...name.replaceAll(/[\p{C}\s]+/gu, ' ').trim()].slice(0, TOKEN_NAME_CHARS).join('')
}
