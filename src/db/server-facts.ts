import { sql } from 'kysely'
import { isPostgres } from './open.ts'
import type { Db } from './schema.ts'

/** What `doctor` tells of the database. */
export type ServerFacts =
  | {
      kind: 'sqlite'
      version: string
      bytes: number
      /** what SQLite finds wrong in the file; undefined: nothing, or the file is too large to be read whole */
      damage?: string
    }
  | {
      kind: 'postgres'
      version: string
      bytes: number
      /** connections that anybody has, and how many there may be */
      connections: { used: number; most: number }
      /** ms since 1970 by the server's clock */
      now: number
    }

/** `quick_check` reads every page: of a larger file it would take minutes. */
const MOST_CHECKED_BYTES = 2 ** 30

/** @throws DatabaseUnreachable */
export async function serverFacts(db: Db): Promise<ServerFacts> {
  return isPostgres(db) ? postgresFacts(db) : sqliteFacts(db)
}

async function postgresFacts(db: Db): Promise<ServerFacts> {
  const { rows } = await sql<{ version: string; bytes: number; used: number; most: number; now: number }>`
    select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
      (select count(*) from pg_stat_activity where backend_type = 'client backend') as used,
      cast(current_setting('max_connections') as integer) as most,
      cast(extract(epoch from clock_timestamp()) * 1000 as double precision) as now`.execute(db)
  const { version = '', bytes = 0, used = 0, most = 0, now = 0 } = rows[0] ?? {}
  return { kind: 'postgres', version, bytes, connections: { used, most }, now }
}

async function sqliteFacts(db: Db): Promise<ServerFacts> {
  const { rows } = await sql<{ version: string; bytes: number }>`
    select sqlite_version() as version, page_count * page_size as bytes
    from pragma_page_count(), pragma_page_size()`.execute(db)
  const { version = '', bytes = 0 } = rows[0] ?? {}
  const facts = { kind: 'sqlite' as const, version, bytes }
  if (bytes > MOST_CHECKED_BYTES) return facts
  const checked = await sql<{ quick_check: string }>`pragma quick_check(3)`.execute(db)
  const damage = checked.rows.map(({ quick_check: line }) => line).join('; ')
  return damage === 'ok' ? facts : { ...facts, damage }
}
