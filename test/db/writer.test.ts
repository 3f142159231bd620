import { expect, test } from 'bun:test'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { DatabaseLocked } from '../../src/db/away.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { createWriter } from '../../src/db/writer.ts'
import { later, tempFolder } from '../support/bot.ts'
import { openShelf } from '../support/runner-store.ts'

const upload = (id: string) => ({ id, file_name: id, size: 0, bytes: new Uint8Array(), created_at: 0 })

test('writes asked for in one turn share a commit, and keep their order', async () => {
  const { db } = await openShelf()
  const write = createWriter(db)
  const order: string[] = []
  await Promise.all(
    ['a', 'b', 'c'].map((id) =>
      write(async (trx) => {
        await trx.insertInto('uploads').values(upload(id)).execute()
        order.push(id)
      }),
    ),
  )
  expect(order).toEqual(['a', 'b', 'c'])
  expect(await db.selectFrom('uploads').select('id').execute()).toHaveLength(3)
})

test('a write that fails does not make others fail', async () => {
  const { db } = await openShelf()
  const write = createWriter(db)
  const insert = (id: string) => write((trx) => trx.insertInto('uploads').values(upload(id)).execute())
  const results = await Promise.allSettled([insert('a'), insert('a'), insert('b')])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(await db.selectFrom('uploads').select('id').orderBy('id').execute()).toEqual([
    { id: 'a' },
    { id: 'b' },
  ])
})

/** A database that another program has locked, and that a write waits 5 ms for. */
async function aLockedDatabase() {
  const path = join(tempFolder(), 'rowbot.db')
  const db = await openSqlite(path, 5)
  const other = new Database(path)
  later(() => other.close())
  later(() => db.destroy())
  other.exec('begin exclusive')
  return { db, unlock: () => other.exec('rollback') }
}

test('a write that meets a lock is tried until the lock is gone', async () => {
  const { db, unlock } = await aLockedDatabase()
  let told = 0
  const onAway = () => {
    told++
    if (told === 3) unlock()
  }
  const write = createWriter(db, { onAway })
  await Promise.all(
    ['a', 'b'].map((id) => write((trx) => trx.insertInto('uploads').values(upload(id)).execute())),
  )
  expect(await db.selectFrom('uploads').select('id').orderBy('id').execute()).toEqual([
    { id: 'a' },
    { id: 'b' },
  ])
  expect(told).toBe(3)
})

test('a process that is about to end does not wait for a lock to go', async () => {
  const { db } = await aLockedDatabase()
  const write = createWriter(db, { leaving: AbortSignal.abort() })
  const both = ['a', 'b'].map((id) => write((trx) => trx.insertInto('uploads').values(upload(id)).execute()))
  for (const result of await Promise.allSettled(both))
    expect(result).toMatchObject({ reason: expect.any(DatabaseLocked) })
})
