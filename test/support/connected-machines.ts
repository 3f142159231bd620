import { connectPostgres } from '../../src/db/postgres.ts'
import type { Db } from '../../src/db/schema.ts'
import { later } from './bot.ts'
import { borrowDatabase } from './test-database.ts'

/** Several machines of one Postgres database: each has its own connections. */
export async function connectMachines(count: number): Promise<{ url: string; dbs: [Db, ...Db[]] }> {
  const { url, giveBack } = await borrowDatabase()
  const connect = () => connectPostgres(url, { connections: 4 })
  const dbs: [Db, ...Db[]] = [connect(), ...Array.from({ length: count - 1 }, connect)]
  later(async () => {
    await Promise.all(dbs.map((db) => db.destroy()))
    await giveBack()
  })
  return { url, dbs }
}
