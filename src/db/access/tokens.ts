import type { Selectable } from 'kysely'
import type { AccessRole, AccessTokenTable, Db, Trx } from '../schema.ts'

/** A named token, without the token itself. */
export interface AccessToken {
  id: string
  name: string
  role: AccessRole
  madeAt: number
  madeBy: string
  /** null: never */
  usedAt: number | null
  /** null: it works */
  revokedAt: number | null
  revokedBy: string | null
}

export async function insertToken(
  db: Db | Trx,
  { id, name, role, madeAt, madeBy, hash }: HashedToken,
): Promise<void> {
  await db
    .insertInto('access_tokens')
    .values({
      id,
      name,
      token_hash: hash,
      role,
      made_at: madeAt,
      made_by: madeBy,
      used_at: null,
      revoked_at: null,
      revoked_by: null,
    })
    .execute()
}

interface HashedToken extends Pick<AccessToken, 'id' | 'name' | 'role' | 'madeAt' | 'madeBy'> {
  hash: string
}

/** One that works. @param by its hash, name or id */
export async function findToken(
  db: Db | Trx,
  by: { hash: string } | { name: string } | { id: string },
): Promise<AccessToken | undefined> {
  let query = db.selectFrom('access_tokens').selectAll().where('revoked_at', 'is', null)
  if ('hash' in by) query = query.where('token_hash', '=', by.hash)
  else if ('name' in by) query = query.where('name', '=', by.name)
  else query = query.where('id', '=', by.id)
  const row = await query.executeTakeFirst()
  return row && toToken(row)
}

/** Those that work first, each the newest first. */
export async function listTokens(db: Db): Promise<AccessToken[]> {
  const rows = await db
    .selectFrom('access_tokens')
    .selectAll()
    .orderBy('made_at', 'desc')
    .orderBy('id')
    .execute()
  const tokens = rows.map(toToken)
  return [
    ...tokens.filter((one) => one.revokedAt === null),
    ...tokens.filter((one) => one.revokedAt !== null),
  ]
}

/** Nothing finds it any more; it stays in the list. */
export async function setRevoked(
  db: Db | Trx,
  id: string,
  { at, by }: { at: number; by: string },
): Promise<void> {
  await db
    .updateTable('access_tokens')
    .set({ revoked_at: at, revoked_by: by })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .execute()
}

export async function setTokenUsed(db: Db, id: string, at: number): Promise<void> {
  await db.updateTable('access_tokens').set({ used_at: at }).where('id', '=', id).execute()
}

function toToken(row: Selectable<AccessTokenTable>): AccessToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    madeAt: row.made_at,
    madeBy: row.made_by,
    usedAt: row.used_at,
    revokedAt: row.revoked_at,
    revokedBy: row.revoked_by,
  }
}
