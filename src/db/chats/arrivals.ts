import type { Db } from '../schema.ts'

export interface Arrival {
  platform: string
  /** of the chat’s app that it was sent to */
  account: string
  kind: string
  arrivedAt: number
}

/** Keeps the latest of each kind. */
export async function saveArrival(db: Db, { platform, account, kind, arrivedAt }: Arrival): Promise<void> {
  await db
    .insertInto('chat_arrivals')
    .values({ platform, account, kind, arrived_at: arrivedAt })
    .onConflict((conflict) =>
      conflict.columns(['platform', 'account', 'kind']).doUpdateSet({ arrived_at: arrivedAt }),
    )
    .execute()
}

/** Kinds that have arrived. @param since milliseconds since 1970; 0: ever @param account undefined: of any */
export async function listArrivals(
  db: Db,
  { platform, account, since }: { platform: string; account?: string; since: number },
): Promise<string[]> {
  let query = db
    .selectFrom('chat_arrivals')
    .select('kind')
    .distinct()
    .where('platform', '=', platform)
    .where('arrived_at', '>=', since)
  if (account !== undefined) query = query.where('account', '=', account)
  return (await query.execute()).map(({ kind }) => kind)
}
