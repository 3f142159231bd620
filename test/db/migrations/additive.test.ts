import { expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { LAST_BREAKING, migrate, MIGRATIONS } from '../../../src/db/migrations.ts'
import { connectPostgres } from '../../../src/db/postgres.ts'
import type { Db } from '../../../src/db/schema.ts'
import { later } from '../../support/bot.ts'
import { bareDatabase } from '../../support/test-database.ts'

/** What an older Rowbot relies on, one line each. */
interface Catalog {
  /** by `table.column` */
  columns: Map<string, { type: string; isNeeded: boolean; hasDefault: boolean }>
  /** by table and definition: what refuses rows, or the deletion of rows */
  rules: Map<string, { table: string; of: string; lets: boolean }>
}

async function catalogOf(db: Db): Promise<Catalog> {
  const columns = await sql<{ name: string; type: string; needed: boolean; with_default: boolean }>`
    select c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as needed, (a.atthasdef or a.attidentity <> '') as with_default
    from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`.execute(
    db,
  )
  const rules = await sql<{ table: string; of: string; rule: string; lets: boolean }>`
    select conrelid::regclass::text as "table", coalesce(nullif(confrelid, 0), conrelid)::regclass::text as "of",
      pg_get_constraintdef(oid) as rule, contype = 'f' and confdeltype in ('c', 'n') as lets
    from pg_constraint where connamespace = current_schema()::regnamespace
    union all
    select indrelid::regclass::text, indrelid::regclass::text, pg_get_indexdef(indexrelid), false
    from pg_index join pg_class c on c.oid = indexrelid
    where indisunique and c.relnamespace = current_schema()::regnamespace`.execute(db)
  return {
    columns: new Map(
      columns.rows.map(({ name, type, needed, with_default }) => [
        name,
        { type, isNeeded: needed, hasDefault: with_default },
      ]),
    ),
    rules: new Map(rules.rows.map(({ rule, ...rest }) => [`${rest.table}: ${rule}`, rest])),
  }
}

/** Why a Rowbot that knows `before` could fail on `after`. */
function breaks(before: Catalog, after: Catalog): string[] {
  const tables = new Set([...before.columns.keys()].map((name) => name.split('.')[0]))
  const gone = [...before.columns].flatMap(([name, old]) => {
    const now = after.columns.get(name)
    if (!now) return [`${name} is gone`]
    if (now.type !== old.type) return [`${name} is ${now.type} now`]
    if (now.isNeeded && !old.isNeeded) return [`${name} must have a value now`]
    return old.hasDefault && !now.hasDefault ? [`${name} has no default any more`] : []
  })
  const needed = [...after.columns].flatMap(([name, { isNeeded, hasDefault }]) =>
    !before.columns.has(name) && tables.has(name.split('.')[0]) && isNeeded && !hasDefault
      ? [`${name} is new and must have a value`]
      : [],
  )
  const refusing = [...after.rules].flatMap(([rule, { table, of, lets }]) =>
    before.rules.has(rule) || (!tables.has(table) && (lets || !tables.has(of))) ? [] : [`new rule: ${rule}`],
  )
  return [...gone, ...needed, ...refusing]
}

async function bareDb(): Promise<Db> {
  const db = connectPostgres(await bareDatabase(), { connections: 1 })
  later(() => db.destroy())
  return db
}

const NAMES = Object.keys(MIGRATIONS)
const UNTIL_LAST_BREAKING = Object.fromEntries(
  Object.entries(MIGRATIONS).slice(0, NAMES.indexOf(LAST_BREAKING) + 1),
)

test('migrations since the last breaking one only add: a Rowbot from before them works beside a newer one', async () => {
  const db = await bareDb()
  await migrate(db, UNTIL_LAST_BREAKING)
  const before = await catalogOf(db)
  await migrate(db)
  // If this fails, see “Rules for migrations” in docs/upgrade.md.
  expect(breaks(before, await catalogOf(db))).toEqual([])
})

test.each<[string, (db: Kysely<unknown>) => Promise<unknown>, string[]]>([
  [
    'drops a table',
    (db) => db.schema.dropTable('review_cards').execute(),
    ['review_cards.task_id is gone', expect.any(String)],
  ],
  [
    'drops a column',
    (db) => db.schema.alterTable('runs').dropColumn('steps').execute(),
    ['runs.steps is gone'],
  ],
  [
    'renames one',
    (db) => db.schema.alterTable('runs').renameColumn('steps', 'nodes').execute(),
    ['runs.steps is gone'],
  ],
  [
    'changes a type',
    (db) => sql`alter table runs alter column tokens type bigint`.execute(db),
    ['runs.tokens is bigint now'],
  ],
  [
    'needs a value where none was needed',
    (db) => sql`alter table runs alter column steps set not null`.execute(db),
    ['runs.steps must have a value now'],
  ],
  [
    'needs a value in a new column',
    (db) =>
      db.schema
        .alterTable('workflows')
        .addColumn('more', 'text', (c) => c.notNull())
        .execute(),
    ['workflows.more is new and must have a value'],
  ],
  [
    'takes a default away',
    (db) => sql`alter table task_executions alter column attempt drop default`.execute(db),
    ['task_executions.attempt has no default any more'],
  ],
  [
    'makes a column unique',
    (db) => db.schema.createIndex('u').on('workflows').column('name').unique().execute(),
    ['new rule: workflows: CREATE UNIQUE INDEX u ON public.workflows USING btree (name)'],
  ],
  [
    'refers to a table so that its rows cannot be deleted',
    (db) =>
      db.schema
        .createTable('n')
        .addColumn('t', 'text', (c) => c.references('batch_tasks.id'))
        .execute(),
    ['new rule: n: FOREIGN KEY (t) REFERENCES batch_tasks(id)'],
  ],
  [
    'only adds',
    async (db) => {
      await db.schema.alterTable('workflows').addColumn('more', 'text').execute()
      await db.schema
        .alterTable('workflows')
        .addColumn('n', 'integer', (c) => c.notNull().defaultTo(0))
        .execute()
      await db.schema
        .createTable('n')
        .addColumn('id', 'text', (c) => c.primaryKey())
        .addColumn('t', 'text', (c) => c.references('batch_tasks.id').onDelete('cascade'))
        .execute()
      await db.schema.createIndex('w_more').on('workflows').column('more').execute()
    },
    [],
  ],
])('a migration that %s is seen', async (_, up, expected) => {
  const db = await bareDb()
  await migrate(db)
  const before = await catalogOf(db)
  await up(db as unknown as Kysely<unknown>)
  expect(breaks(before, await catalogOf(db))).toEqual(expect.arrayContaining(expected))
  expect(expected.length === 0).toBe(breaks(before, await catalogOf(db)).length === 0)
})
