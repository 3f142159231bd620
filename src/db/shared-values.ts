import type { Db, Trx } from './schema.ts'

/**
 * A check of the secret key; the admin token and the data key (sealed/data-key.ts), encrypted with that key; the
 * migration that a Rowbot must know to use the database (migrations.ts); what of it is encrypted, and
 * whether to encrypt (sealed/state.ts).
 */
export type SharedName =
  | 'secret key'
  | 'admin token'
  | 'data key'
  | 'encrypted'
  | 'encrypting'
  | 'oldest version'

/** What all machines on this database have in common, once one of them has written it. */
export async function findShared(db: Db | Trx, name: SharedName): Promise<string | undefined> {
  const row = await db.selectFrom('shared_values').select('value').where('name', '=', name).executeTakeFirst()
  return row?.value
}

/** All machines have this one from now on. */
export async function replaceShared(db: Db | Trx, name: SharedName, value: string): Promise<void> {
  await db.updateTable('shared_values').set({ value }).where('name', '=', name).execute()
}

/** Of several machines that write it at once, the first wins. @returns what all have now */
export async function shareValue(db: Db, name: SharedName, value: string): Promise<string> {
  await db
    .insertInto('shared_values')
    .values({ name, value })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
  return (await findShared(db, name)) ?? value
}
