import type Database from 'better-sqlite3'
import { sql } from 'kysely'
import type { Db } from '../schema.ts'

/** A column as it is in Postgres. */
export interface TableColumn {
  name: string
  kind: 'text' | 'integer' | 'fraction' | 'bytes'
}

/** A table that is in both databases with the same columns. */
export interface SharedTable {
  name: string
  columns: TableColumn[]
}

/** What each machine or copy makes for itself: how far a database was migrated, and what its machines share. */
const OWN_TABLES = new Set(['kysely_migration', 'kysely_migration_lock', 'shared_values'])

/**
 * Every table of a SQLite database, each after those that it refers to.
 * @throws if Postgres has other tables or columns: then the two were not migrated alike
 */
export async function sharedTables(sqlite: Database.Database, postgres: Db): Promise<SharedTable[]> {
  const there = await columnsIn(postgres)
  const tables = inOrder(sqlite).map((name): SharedTable => {
    const columns = there.get(name) ?? []
    const own = sqlite.prepare<[string], string>('select name from pragma_table_info(?)').pluck().all(name)
    if (
      own.toSorted().join() !==
      columns
        .map((column) => column.name)
        .toSorted()
        .join()
    )
      throw new Error(`the table ${name} has other columns in Postgres`)
    return { name, columns }
  })
  const names = new Set(tables.map(({ name }) => name))
  const others = [...there.keys()].filter((name) => !names.has(name))
  if (others.length > 0) throw new Error(`Postgres has tables that SQLite lacks: ${others.join(', ')}`)
  return tables
}

async function columnsIn(db: Db): Promise<Map<string, TableColumn[]>> {
  const { rows } = await sql<{ table: string; name: string; type: string }>`
    select c.relname as "table", a.attname as name, format_type(a.atttypid, null) as type
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
    order by c.relname, a.attnum`.execute(db)
  const columns = rows
    .filter(({ table }) => !OWN_TABLES.has(table))
    .map(({ table, name, type }) => ({ table, name, kind: kindOf(type) }))
  return new Map(
    [...Map.groupBy(columns, ({ table }) => table)].map(([table, all]) => [
      table,
      all.map(({ name, kind }) => ({ name, kind })),
    ]),
  )
}

const KINDS: Record<string, TableColumn['kind']> = {
  text: 'text',
  integer: 'integer',
  smallint: 'integer',
  bigint: 'integer',
  'double precision': 'fraction',
  real: 'fraction',
  bytea: 'bytes',
}

function kindOf(type: string): TableColumn['kind'] {
  const kind = KINDS[type]
  if (kind === undefined) throw new Error(`columns of type ${type} are not known here`)
  return kind
}

function inOrder(sqlite: Database.Database): string[] {
  const names = sqlite
    .prepare<[], string>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
    )
    .pluck()
    .all()
    .filter((name) => !OWN_TABLES.has(name))
  const references = sqlite
    .prepare<[string], string>('select "table" from pragma_foreign_key_list(?)')
    .pluck()
  const ordered: string[] = []
  const waiting = new Set(names)
  while (waiting.size > 0) {
    const next = [...waiting].filter((name) =>
      references.all(name).every((other) => other === name || !waiting.has(other)),
    )
    if (next.length === 0)
      throw new Error(`tables refer to each other in a circle: ${[...waiting].join(', ')}`)
    for (const name of next) waiting.delete(name)
    ordered.push(...next)
  }
  return ordered
}
