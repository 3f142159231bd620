import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { compiledOnce } from '../../src/db/compiled.ts'
import { createWriter } from '../../src/db/writer.ts'
import { openBorrowed } from '../support/test-database.ts'

test('a statement that Postgres keeps is planned anew when a migration beside it has changed a column', async () => {
  const { db, close } = await openBorrowed()
  try {
    await sql`create table numbers (id integer primary key, amount integer not null)`.execute(db)
    await sql`insert into numbers values (1, 0)`.execute(db)
    const add = compiledOnce(
      (trx, { by }: { by: number }) => ({
        compile: () =>
          sql<{
            amount: number
          }>`update numbers set amount = amount + ${by} where id = 1 returning amount`.compile(trx),
      }),
      'by key',
    )
    const write = createWriter(db)
    const added = async (by: number) => (await write((trx) => add(trx, { by }))).rows[0]?.amount
    expect(await added(1)).toBe(1)
    const { rows } = await sql<{ name: string }>`
      select name from pg_prepared_statements where statement like 'update numbers%'`.execute(db)
    expect(rows).toHaveLength(1)

    await sql`alter table numbers alter column amount type double precision`.execute(db)
    expect(await added(2)).toBe(3)
    expect(await added(3)).toBe(6)
  } finally {
    await sql`drop table if exists numbers`.execute(db)
    await close()
  }
})
