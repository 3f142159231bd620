import { expect, test } from 'bun:test'
import { sql } from 'kysely'
import { connectPostgres } from '../../src/db/postgres.ts'
import { Jobs, LEASE } from '../../src/queue/jobs.ts'
import { later, until } from '../support/bot.ts'
import { borrowDatabase } from '../support/test-database.ts'

test('silent processes are looked for also when the machine’s clock has been put back by hours', async () => {
  const { url, giveBack } = await borrowDatabase()
  later(giveBack)
  const db = connectPostgres(url, { connections: 2 })
  later(() => db.destroy())
  const { now } = Date
  later(() => void (Date.now = now))
  Date.now = () => now() + 7_200_000
  const jobs = await Jobs.open(db, {
    url,
    lease: { ...LEASE, superviseSeconds: 1 },
    onFault: (fault) => {
      throw fault
    },
  })
  later(() => jobs.close())
  Date.now = now
  const looked = async () => {
    const { rows } = await sql<{ at: Date | null }>`
      select monitor_claim_on as at from pgboss.queue where name = 'tasks'`.execute(db)
    return rows[0]?.at?.getTime()
  }
  const first = await until(looked, (at) => at !== undefined)
  expect(await until(looked, (at) => at !== first)).toBeGreaterThan(first ?? 0)
})
