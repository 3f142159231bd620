import type { Insertable, Selectable } from 'kysely'
import type { AccessRole, Db, SessionTable, Trx } from '../schema.ts'

/** Somebody who is signed in to the page. */
export interface StoredSession {
  openedWith: string
  tokenId: string | null
  personId: string
  name: string
  role: AccessRole
  madeAt: number
  seenAt: number
  endsAt: number
}

export async function insertSession(db: Db, idHash: string, session: StoredSession): Promise<void> {
  const row: Insertable<SessionTable> = {
    id_hash: idHash,
    opened_with: session.openedWith,
    token_id: session.tokenId,
    person_id: session.personId,
    name: session.name,
    role: session.role,
    made_at: session.madeAt,
    seen_at: session.seenAt,
    ends_at: session.endsAt,
  }
  await db.insertInto('sessions').values(row).execute()
}

/** Undefined: it has ended, or there never was one. */
export async function findSession(db: Db, idHash: string, now: number): Promise<StoredSession | undefined> {
  const row = await db
    .selectFrom('sessions')
    .selectAll()
    .where('id_hash', '=', idHash)
    .where('ends_at', '>', now)
    .executeTakeFirst()
  return row && toSession(row)
}

export async function setSessionSeen(db: Db, idHash: string, at: number): Promise<void> {
  await db.updateTable('sessions').set({ seen_at: at }).where('id_hash', '=', idHash).execute()
}

export async function deleteSession(db: Db | Trx, idHash: string): Promise<void> {
  await db.deleteFrom('sessions').where('id_hash', '=', idHash).execute()
}

/** Signs out everybody who has come in with this token. */
export async function deleteSessionsOf(db: Db | Trx, tokenId: string): Promise<void> {
  await db.deleteFrom('sessions').where('token_id', '=', tokenId).execute()
}

/** Sessions that have ended are found by nothing; this frees their rows. */
export async function deleteEndedSessions(db: Db, now: number): Promise<void> {
  await db.deleteFrom('sessions').where('ends_at', '<=', now).execute()
}

function toSession(row: Selectable<SessionTable>): StoredSession {
  return {
    openedWith: row.opened_with,
    tokenId: row.token_id,
    personId: row.person_id,
    name: row.name,
    role: row.role,
    madeAt: row.made_at,
    seenAt: row.seen_at,
    endsAt: row.ends_at,
  }
}
