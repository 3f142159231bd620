import type { Db } from '../schema.ts'

export interface Reservation {
  draftId: string
  /** of the request that came first: another one than the caller's is a key used twice */
  fingerprint: string
  /** false: the same key came before */
  isNew: boolean
}

/** The first request with a key gets it; every later one, also at the same moment, is told of the first. */
export async function reserveKey(
  db: Db,
  { key, fingerprint, draftId, now }: { key: string; fingerprint: string; draftId: string; now: number },
): Promise<Reservation> {
  return db.transaction().execute(async (trx) => {
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

/** Frees a key whose request came to nothing, so that it may be sent again. */
export async function releaseKey(db: Db, key: string): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('key', '=', key).execute()
}

/** Forgets keys that were reserved before then. */
export async function deleteOldKeys(db: Db, before: number): Promise<void> {
  await db.deleteFrom('idempotency_keys').where('created_at', '<', before).execute()
}
