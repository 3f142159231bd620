import { expect, test } from 'bun:test'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { sql } from 'kysely'
import { inLooseTransaction } from '../../src/db/open.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { DatabaseLocked } from '../../src/db/away.ts'
import type { Db } from '../../src/db/schema.ts'
import { later, tempFolder } from '../support/bot.ts'
import { waitClock } from '../support/own-time.ts'

const SOON_MS = 60
const LONG_MS = 30_000

/** A database, and another program that can lock it. */
async function twoPrograms(lockWaitMs: number) {
  const path = join(tempFolder(), 'rowbot.db')
  const db = await openSqlite(path, lockWaitMs)
  const other = new Database(path, { timeout: 0 })
  later(() => other.close())
  later(() => db.destroy())
  return {
    path,
    db,
    other,
    lock: () => other.exec('begin exclusive'),
    unlock: () => other.exec('rollback'),
  }
}

const insert = (db: Pick<Db, 'insertInto'>, id: string) =>
  db
    .insertInto('uploads')
    .values({ id, file_name: id, size: 0, bytes: new Uint8Array(), created_at: 0 })
    .execute()
const ids = async (db: Db) =>
  (await db.selectFrom('uploads').select('id').orderBy('id').execute()).map(({ id }) => id)

/** Resolves once the main thread has been free so often. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await Bun.sleep(1)
}

test('a write waits while another program has the database locked, and reads go on meanwhile', async () => {
  const { db, lock, unlock } = await twoPrograms(LONG_MS)
  lock()
  let isWritten = false
  const written = insert(db, 'a').then(() => (isWritten = true))
  await turns(50)
  expect(await ids(db)).toEqual([])
  expect(isWritten).toBe(false)
  unlock()
  await written
  expect(await ids(db)).toEqual(['a'])
})

test('a transaction waits before its first statement, and runs once', async () => {
  const { db, lock, unlock } = await twoPrograms(LONG_MS)
  lock()
  let runs = 0
  const written = db.transaction().execute(async (trx) => {
    runs++
    await insert(trx, 'a')
    await insert(trx, 'b')
  })
  await turns(50)
  expect(await ids(db)).toEqual([])
  expect(runs).toBe(0)
  unlock()
  await written
  expect(runs).toBe(1)
  expect(await ids(db)).toEqual(['a', 'b'])
})

test('a lock that stays gives a sentence with what to do; nothing is changed, and later writes work', async () => {
  const { db, lock, unlock } = await twoPrograms(SOON_MS)
  lock()
  const both = await Promise.allSettled([
    insert(db, 'a'),
    db.transaction().execute((trx) => insert(trx, 'b')),
  ])
  for (const result of both) {
    expect(result).toMatchObject({
      status: 'rejected',
      reason: {
        message: 'The database file rowbot.db is locked by another program. Nothing was changed.',
        hint: expect.stringContaining('database browser'),
      },
    })
  }
  unlock()
  expect(await ids(db)).toEqual([])
  await insert(db, 'c')
  expect(await ids(db)).toEqual(['c'])
})

test('writes that wait for the same lock wait at the same time, not one after another', async () => {
  const { db, lock } = await twoPrograms(SOON_MS)
  lock()
  const waitMs = waitClock()
  const all = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => insert(db, String(i))))
  expect(all.every(({ status }) => status === 'rejected')).toBe(true)
  expect(waitMs()).toBeLessThan((100 * SOON_MS) / 2)
})

test('the rules that a large submission suspends still hold for everybody else while it waits', async () => {
  const { db, lock, unlock } = await twoPrograms(LONG_MS)
  lock()
  const loose = inLooseTransaction(db, async (trx) => void (await insert(trx, 'a')))
  const asked = sql`pragma foreign_keys`.execute(db)
  await turns(20)
  unlock()
  expect((await asked).rows).toEqual([{ foreign_keys: 1 }])
  await loose
  expect(await ids(db)).toEqual(['a'])
})

test('without a WAL, where a reader can block a commit, the commit waits', async () => {
  const { path, db, other } = await twoPrograms(LONG_MS)
  other.close()
  await sql`pragma journal_mode = delete`.execute(db)
  const reader = new Database(path, { timeout: 0 })
  reader.exec('begin')
  reader.prepare('select count(*) from uploads').get()
  const written = db.transaction().execute((trx) => insert(trx, 'a'))
  await turns(20)
  expect(reader.prepare('select count(*) as n from uploads').get()).toEqual({ n: 0 })
  reader.exec('commit')
  await written
  reader.close()
  expect(await ids(db)).toEqual(['a'])
})

test('opening waits for a lock to go', async () => {
  const { path, lock, unlock } = await twoPrograms(LONG_MS)
  lock()
  const opened = openSqlite(path, LONG_MS)
  await turns(20)
  unlock()
  await (await opened).destroy()
})

test('opening a database whose lock stays says so and changes nothing', async () => {
  const path = join(tempFolder(), 'rowbot.db')
  const other = new Database(path)
  later(() => other.close())
  other.exec('create table theirs (id)')
  other.exec('begin exclusive')
  await expect(openSqlite(path, SOON_MS)).rejects.toBeInstanceOf(DatabaseLocked)
  other.exec('commit')
  expect(other.prepare('select name from sqlite_master').all()).toEqual([{ name: 'theirs' }])
})
