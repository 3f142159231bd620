import { hostname } from 'node:os'
import { databaseNow } from './open.ts'
import type { Db, Trx } from './schema.ts'

/*
 * A lease says which of several machines does something: until a time on the database's clock, so that it does not
 * matter how wrong theirs are. Whoever holds it renews it; when a machine is dead, frozen or cut off, it runs out.
 */

/** That of the one machine that reports tasks, notifies others and so on: see serve/bot-role.ts. */
export const BOT_LEASE = 'bot'

export interface Lease {
  name: string
  /** another for each time that somebody takes it */
  holder: string
}

/** The former holder of a lease tries to write: another machine may have taken over. Nothing is written. */
export class LeaseLost extends Error {
  constructor(name: string) {
    super(`another machine may do “${name}” by now`)
  }
}

/** Takes the lease if nobody holds it. */
export async function takeLease(db: Db, name: string, ms: number): Promise<Lease | undefined> {
  const holder = `${hostname()}:${process.pid}:${crypto.randomUUID().slice(0, 8)}`
  const until = databaseNow(db)
  const taken = await db
    .insertInto('leases')
    .values((eb) => ({ name, holder, until: eb(until, '+', ms) }))
    .onConflict((oc) =>
      oc
        .column('name')
        .doUpdateSet((eb) => ({ holder: eb.ref('excluded.holder'), until: eb.ref('excluded.until') }))
        .where('leases.until', '<=', until),
    )
    .returning('holder')
    .executeTakeFirst()
  return taken && { name, holder }
}

/** False: somebody else has it by now. One that has run out is still its holder's while nobody else has taken it. */
export async function renewLease(db: Db, { name, holder }: Lease, ms: number): Promise<boolean> {
  const until = databaseNow(db)
  const { numUpdatedRows } = await db
    .updateTable('leases')
    .set((eb) => ({ until: eb(until, '+', ms) }))
    .where('name', '=', name)
    .where('holder', '=', holder)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Nothing happens if somebody else has it by now. */
export async function giveBackLease(db: Db, { name, holder }: Lease): Promise<void> {
  await db.deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute()
}

export async function isLeased(db: Db, name: string): Promise<boolean> {
  const lease = await db
    .selectFrom('leases')
    .select('holder')
    .where('name', '=', name)
    .where('until', '>', databaseNow(db))
    .executeTakeFirst()
  return lease !== undefined
}

/**
 * Writes as the holder of a lease, however late the statements reach the database: nobody takes the lease between the
 * question who has it and the commit.
 * @throws LeaseLost
 */
export async function writeAsHolder<T>(db: Db, lease: Lease, work: (trx: Trx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (trx) => {
    const held = await trx
      .selectFrom('leases')
      .select('holder')
      .where('name', '=', lease.name)
      .forShare()
      .executeTakeFirst()
    if (held?.holder !== lease.holder) throw new LeaseLost(lease.name)
    return work(trx)
  })
}

/** Leases that have run out and were not given back, as those of drafts and events are not. */
export async function deleteEndedLeases(db: Db): Promise<void> {
  await db.deleteFrom('leases').where('until', '<=', databaseNow(db)).execute()
}
