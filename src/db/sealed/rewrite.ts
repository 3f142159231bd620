import { setImmediate, setTimeout } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import type { Db, Trx } from '../schema.ts'
import { inTransaction } from '../transaction.ts'
import { isOneOf } from './compare.ts'
import { columnsOf, isClear, isEncrypted, SEALED_TABLES, type SealedTable, someAre } from './in-the-clear.ts'
import { sealedTextsOf } from './sealed-texts.ts'

/** Of one transaction: while it lasts, every other write of SQLite waits, some milliseconds. */
const ROWS_AT_ONCE = 100
/** SQLite answers at once: without a pause nobody else would come in between. */
const PAUSE_MS = 2

/** What names a row of a table. */
const KEYS = {
  // Answers that are kept are copied from here within SQL: so it is first.
  task_executions: ['id'],
  former_answers: ['id'],
  left_out_rows: ['task_id', 'row_number'],
  execution_logs: ['id'],
  runs: ['execution_id', 'attempt'],
  output_files: ['execution_id', 'position'],
  forms: ['id'],
  batch_tasks: ['id'],
  drafts: ['id'],
  remembered_constants: ['workflow_id', 'place'],
  notifications: ['id'],
  deliveries: ['task_id', 'what', 'task_end'],
  question_cards: ['task_id'],
  review_cards: ['task_id'],
  audit_log: ['id'],
} as const satisfies Record<Exclude<SealedTable, 'remembered_mappings'>, readonly string[]>

type KeyedRow = Record<string, unknown>

export interface Rewriting {
  table: string
  /** rows that were written anew so far, of all tables */
  rows: number
}

/**
 * Writes every text anew that is not as the setting says: encrypted where it is on, as it was where it is off. In short
 * transactions, while others read and write; it can be interrupted and called again.
 * @returns how many rows were written
 */
export async function rewriteTexts(db: Db, onProgress: (progress: Rewriting) => void): Promise<number> {
  const isWrong = sealedTextsOf(db).isOn ? isClear : isEncrypted
  let rows = 0
  const count = (table: string, more: number) => {
    rows += more
    onProgress({ table, rows })
  }
  for (const table of SEALED_TABLES) {
    if (table === 'remembered_mappings') await rewriteMappings(db, isWrong, (more) => count(table, more))
    else await rewriteTable(db, { table, keys: KEYS[table], isWrong }, (more) => count(table, more))
  }
  return rows
}

interface RewrittenTable {
  table: SealedTable
  keys: readonly string[]
  isWrong: (column: string) => RawBuilder<boolean>
}

async function rewriteTable(db: Db, of: RewrittenTable, onRows: (rows: number) => void): Promise<void> {
  for (let after: KeyedRow | undefined; ;) {
    const window = await keysAfter(db, of, after)
    const last = window.at(-1)
    if (!last) return
    const between = isBetween(of.keys, after, last)
    if (await hasWrong(db, of, between)) {
      onRows(await inTransaction(db, (trx) => rewriteBetween(trx, of, between)))
      await setTimeout(PAUSE_MS)
    } else await setImmediate()
    after = last
  }
}

/** By their keys alone, so that no text is read twice. */
async function keysAfter(
  db: Db,
  { table, keys }: RewrittenTable,
  after: KeyedRow | undefined,
): Promise<KeyedRow[]> {
  const names = refs(keys)
  const where = after ? sql`where (${names}) > (${values(keys, after)})` : sql``
  const { rows } = await sql<KeyedRow>`
    select ${names} from ${sql.table(table)} ${where} order by ${names} limit ${sql.lit(ROWS_AT_ONCE)}`.execute(
    db,
  )
  return rows
}

async function hasWrong(
  db: Db,
  { table, isWrong }: RewrittenTable,
  between: RawBuilder<boolean>,
): Promise<boolean> {
  const wrong = someAre(columnsOf(table), isWrong)
  const { rows } = await sql`select 1 from ${sql.table(table)} where ${between} and ${wrong} limit 1`.execute(
    db,
  )
  return rows.length > 0
}

async function rewriteBetween(
  trx: Trx,
  { table, keys, isWrong }: RewrittenTable,
  between: RawBuilder<boolean>,
): Promise<number> {
  const columns = columnsOf(table)
  const flags = columns.map(
    (column, i) => sql`case when ${isWrong(column)} then 1 else 0 end as ${sql.ref(`wrong${i}`)}`,
  )
  const { rows } = await sql<KeyedRow>`
    select ${refs([...keys, ...columns])}, ${sql.join(flags)} from ${sql.table(table)}
    where ${between} and ${someAre(columns, isWrong)}`.execute(trx)
  for (const row of rows) {
    const set = Object.fromEntries(
      columns.flatMap((column, i) => (row[`wrong${i}`] === 1 ? [[column, row[column]]] : [])),
    )
    // Through Kysely, which encrypts it or does not. `as`: the columns of any of these tables.
    await trx
      .updateTable(table as 'task_executions')
      .set(set)
      .where(sql<boolean>`(${refs(keys)}) = (${values(keys, row)})`)
      .execute()
  }
  return rows.length
}

function isBetween(
  keys: readonly string[],
  after: KeyedRow | undefined,
  last: KeyedRow,
): RawBuilder<boolean> {
  const until = sql<boolean>`(${refs(keys)}) <= (${values(keys, last)})`
  return after ? sql<boolean>`(${refs(keys)}) > (${values(keys, after)}) and ${until}` : until
}

function refs(names: readonly string[]): RawBuilder<unknown> {
  return sql.join(names.map((name) => sql.ref(name)))
}

function values(keys: readonly string[], row: KeyedRow): RawBuilder<unknown> {
  return sql.join(keys.map((key) => row[key]))
}

/** Their headings are part of their key, and of one that is there in both ways the newer counts. There are a few hundred. */
async function rewriteMappings(
  db: Db,
  isWrong: RewrittenTable['isWrong'],
  onRows: (rows: number) => void,
): Promise<void> {
  const wrong = await db
    .selectFrom('remembered_mappings')
    .select(['workflow_id', 'headings'])
    .where(someAre(columnsOf('remembered_mappings'), isWrong))
    .execute()
  for (const { workflow_id, headings } of wrong) {
    await inTransaction(db, async (trx) => {
      const same = await trx
        .deleteFrom('remembered_mappings')
        .where('workflow_id', '=', workflow_id)
        .where(isOneOf('headings', [headings]))
        .returningAll()
        .execute()
      const newest = same.toSorted((a, b) => b.used_at - a.used_at)[0]
      if (newest) await trx.insertInto('remembered_mappings').values(newest).execute()
    })
    onRows(1)
  }
}
