import type { Db } from '../schema.ts'
import { inTransaction } from '../transaction.ts'

export interface Reservation {
  draftId: string
  /** of the first request with this key; if the caller's differs, the key was used for two requests */
  fingerprint: string
  /** false: an earlier request had the same key */
  isNew: boolean
}

/** The first request with a key reserves it. Every later one, even at the same moment, gets the first one's draft. */
export async function reserveKey(
  db: Db,
  { key, fingerprint, draftId, now }: { key: string; fingerprint: string; draftId: string; now: number },
): Promise<Reservation> {
  return inTransaction(db, async (trx) => {
    const inserted = await trx
      .insertInto('idempotency_keys')
      .values({ key, fingerprint, draft_id: draftId, created_at: now })
      .onConflict((oc) => oc.column('key').doNothing())
      .returning('key')
      .executeTakeFirst()
    if (inserted) return { draftId, fingerprint, isNew: true }

    const existing = await trx
      .selectFrom('idempotency_keys')
      .select(['fingerprint', 'draft_id'])
      .where('key', '=', key)
      .executeTakeFirstOrThrow()
    return { draftId: existing.draft_id, fingerprint: existing.fingerprint, isNew: false }
  })
}

/** Frees a key whose request failed, so that the request can be sent again. */
export async function releaseKey(db: Db, key: string): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('key', '=', key).execute()
}

/** Deletes keys that were reserved before `before`. */
export async function deleteOldKeys(db: Db, before: number): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<', before).execute()
}
