import { expect, test } from 'bun:test'
import Database from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { sqliteDialect } from '../../../src/db/dialect.ts'
import { migrate, MIGRATIONS } from '../../../src/db/open.ts'
import type { Schema } from '../../../src/db/schema.ts'
import { sumUsage } from '../../../src/db/stats/task-facts.ts'
import { decimalOf } from '../../../src/engine/money.ts'

const PRICES = [0.1 + 0.2, 0.0012345, 1.2e-7, 0, 4.9e-6, 1234.567891, null]

test('prices that were floats become the decimals that they were meant to be', async () => {
  const sqlite = new Database(':memory:')
  const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite, { file: 'memory', waitMs: 0 }) })
  const before = Object.entries(MIGRATIONS).filter(([name]) => name < '0022')
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(before)) },
  }).migrateToLatest()
  expect(error).toBeUndefined()
  await sql`pragma foreign_keys = off`.execute(db)
  for (const [i, price] of PRICES.entries()) {
    await sql`insert into task_executions (id, task_id, row_number, status, cells, inputs, tokens, price, currency)
      values (${`t.${i}`}, 't', ${i}, 'succeeded', '[]', '{}', 1, ${price}, 'USD')`.execute(db)
    await sql`insert into runs (execution_id, attempt, task_id, row_number, "user", status, sent_at, price, currency)
      values (${`t.${i}`}, 1, 't', ${i}, ${`u${i}`}, 'succeeded', 0, ${price}, 'USD')`.execute(db)
  }

  await migrate(db)
  const shown = ['0.3', '0.0012345', '0.00000012', '0', '0.0000049', '1234.567891', null]
  for (const table of ['task_executions', 'runs'] as const) {
    const rows = await db.selectFrom(table).select('price_nano').orderBy('row_number').execute()
    expect(rows.map(({ price_nano }) => (price_nano === null ? null : decimalOf(price_nano)))).toEqual(shown)
  }
  await db.destroy()
})

test('a sum beyond what a float can hold, and beyond 64 bits, is exact', async () => {
  const sqlite = new Database(':memory:')
  const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite, { file: 'memory', waitMs: 0 }) })
  await migrate(db)
  await sql`pragma foreign_keys = off`.execute(db)
  const most = 999_999_999_999_999_999n
  for (let row = 1; row <= 12; row++) {
    await db
      .insertInto('task_executions')
      .values({
        id: `t.${row}`,
        task_id: 't',
        row_number: row,
        status: 'succeeded',
        cells: '[]',
        inputs: '{}',
        tokens: 1,
        price_nano: most,
        currency: 'VND',
      })
      .execute()
  }
  const { prices, tokens } = await sumUsage(db, 't')
  expect(prices).toEqual([{ currency: 'VND', nano: most * 12n }])
  expect(tokens).toBe(12)
  await db.destroy()
})
