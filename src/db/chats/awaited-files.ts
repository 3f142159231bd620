import { databaseNow } from '../open.ts'
import type { Db } from '../schema.ts'

/*
 * Messages that came without a file, of which a chat may still tell any of several machines that they have one. They are
 * leases, held by what is to be done then: they run out by themselves.
 */

const NAME = 'awaited-file:'

/** @param key of the message @param message whatever is to be known of it then; kept for `ms` */
export async function saveAwaited(db: Db, key: string, message: string, ms: number): Promise<void> {
  const until = databaseNow(db)
  await db
    .insertInto('leases')
    .values((eb) => ({ name: `${NAME}${key}`, holder: message, until: eb(until, '+', ms) }))
    .onConflict((oc) => oc.column('name').doUpdateSet({ holder: message }))
    .execute()
}

/** By the rest of their keys. @param start of the keys, letters and digits and `:` */
export async function listAwaited(db: Db, start: string): Promise<Map<string, string>> {
  const name = `${NAME}${start}`
  const rows = await db
    .selectFrom('leases')
    .select(['name', 'holder'])
    .where('name', 'like', `${name}%`)
    .where('until', '>', databaseNow(db))
    .execute()
  return new Map(rows.map((row) => [row.name.slice(name.length), row.holder]))
}

/** Takes what waits, so that only one machine goes on with it. False: another one has taken it. */
export async function takeAwaited(db: Db, key: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('leases')
    .where('name', '=', `${NAME}${key}`)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
