import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { sql } from 'kysely'
import { openSqlite } from '../../src/db/sqlite.ts'
import { later, tempFolder } from '../support/bot.ts'

test('a settled row survives a power cut: every commit is flushed to the disk', async () => {
  const db = await openSqlite(join(tempFolder(), 'rowbot.db'))
  later(() => db.destroy())
  expect((await sql`pragma journal_mode`.execute(db)).rows).toEqual([{ journal_mode: 'wal' }])
  expect((await sql`pragma synchronous`.execute(db)).rows).toEqual([{ synchronous: FULL }])
})

/** https://www.sqlite.org/pragma.html#pragma_synchronous: NORMAL is 1, and flushes a WAL only now and then. */
const FULL = 2
