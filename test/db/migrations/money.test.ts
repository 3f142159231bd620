import { expect, test } from 'bun:test'
import Database from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { sqliteDialect } from '../../../src/db/sqlite-dialect.ts'
import { migrate, MIGRATIONS } from '../../../src/db/migrations.ts'
import type { Schema } from '../../../src/db/schema.ts'
import { sumUsage } from '../../../src/db/stats/task-facts.ts'
import { decimalOf, NANO_PER_UNIT } from '../../../src/engine/money.ts'

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
  const most = 9_000_000_000_000_001n // more than a float holds
  for (let month = 1; month <= 9; month++)
    await db
      .insertInto('usage')
      .values({
        month: `2026-0${month}`,
        task_id: 't',
        currency: 'VND',
        workflow_id: 'w',
        person_key: '',
        person: 'mei',
        rows: 1,
        calls: 1,
        tokens: 1,
        whole: 2_000_000_000,
        rest_nano: most,
        guessed: 0,
        unpriced: 0,
      })
      .execute()
  const { prices, tokens } = await sumUsage(db, 't')
  expect(prices).toEqual([
    { currency: 'VND', nano: 9n * (2_000_000_000n * NANO_PER_UNIT + most), guessed: 0 },
  ])
  expect(tokens).toBe(9)
  await db.destroy()
})
