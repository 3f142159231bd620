import { setTimeout } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type OperatorNode,
  type QueryResult,
  type SelectModifierNode,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely'
import { NANO, withNumbers } from './exact-amounts.ts'
import { type LockWait, untilUnlocked } from './locked.ts'
import { marking } from './sealed/marked.ts'
import { FIND_DATA_KEY, SealedTexts, sealedTextsFor } from './sealed/sealed-texts.ts'

/**
 * Kysely's SQLite dialect, except that it waits for other programs' locks without blocking the main thread, and that
 * reads go on while a write waits. A retry is only ever of a single statement, of `begin` or of `commit`: what comes in
 * between cannot meet a lock, since transactions begin IMMEDIATE.
 */
export function sqliteDialect(sqlite: Database.Database, lock: LockWait): Dialect {
  const texts = new SealedTexts()
  return {
    createAdapter: () => sealedTextsFor(new Adapter(), texts),
    createDriver: () => new WaitingDriver(sqlite, lock, texts),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => marking(new Compiler(), texts),
  }
}

class Adapter extends SqliteAdapter {
  /** Not true, but Kysely's own mutex would keep its turn while a write waits for a lock. `Turns` is ours. */
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

/**
 * Leaves out the locks of rows, since a transaction that writes has the whole database to itself. SQLite's `like` does
 * not care about case, so it is what others call `ilike`.
 */
class Compiler extends SqliteQueryCompiler {
  protected override visitSelectModifier(node: SelectModifierNode): void {
    if (node.modifier === 'Distinct') super.visitSelectModifier(node)
  }

  protected override visitOperator(node: OperatorNode): void {
    if (node.operator === 'ilike') this.append('like')
    else super.visitOperator(node)
  }
}

class WaitingDriver extends SqliteDriver {
  readonly #turns = new Turns()

  constructor(
    private readonly sqlite: Database.Database,
    private readonly lock: LockWait,
    private readonly texts: SealedTexts,
  ) {
    super({ database: prepared(sqlite) })
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns.take()
    const connection = await super.acquireConnection()
    return new WaitingConnection(connection, this.sqlite, this.lock, this.#turns, this.texts)
  }

  override releaseConnection(): Promise<void> {
    this.#turns.pass()
    return Promise.resolve()
  }
}

/** The one connection, for as long as somebody has the turn. */
class WaitingConnection implements DatabaseConnection {
  #hasRun = false

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly sqlite: Database.Database,
    private readonly lock: LockWait,
    private readonly turns: Turns,
    private readonly texts: SealedTexts,
  ) {}

  async executeQuery<R>(plain: CompiledQuery): Promise<QueryResult<R>> {
    if (this.texts.lacksKeyFor(plain.parameters)) this.#findKey()
    const parameters = this.texts.bound(plain.parameters)
    const query = parameters === plain.parameters ? plain : { ...plain, parameters }
    const isInside = this.sqlite.inTransaction && query.sql !== 'commit'
    const result = await untilUnlocked(
      isInside ? { ...this.lock, waitMs: 0 } : this.lock,
      () => this.connection.executeQuery<R>(query),
      (ms) => this.#pause(ms),
    )
    this.#hasRun = true
    const rows = result.rows as Record<string, unknown>[] // the driver gives an object for each row
    if (!this.texts.open(rows)) {
      this.#findKey()
      this.texts.open(rows)
    }
    return result
  }

  streamQuery(): never {
    throw new Error('nothing is streamed from SQLite')
  }

  #findKey(): void {
    this.texts.unlock(this.sqlite.prepare<[], string>(FIND_DATA_KEY).pluck().get())
  }

  /** Gives others the turn meanwhile, unless an earlier statement may have changed a setting that they must not see. */
  async #pause(ms: number): Promise<void> {
    if (this.#hasRun) return setTimeout(ms)
    this.turns.pass()
    await setTimeout(ms)
    await this.turns.take()
  }
}

/** Who has the connection: one at a time, in the order of asking. */
class Turns {
  #isTaken = false
  readonly #waiting: (() => void)[] = []

  take(): Promise<void> {
    if (this.#isTaken) return new Promise((resolve) => this.#waiting.push(resolve))
    this.#isTaken = true
    return Promise.resolve()
  }

  pass(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#isTaken = false
  }
}

/**
 * Keeps prepared statements: Kysely prepares each query again, which costs more than running it. And begins
 * transactions IMMEDIATE: ours all write, and a deferred one that meets another writer half-way cannot be retried.
 */
function prepared(sqlite: Database.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => sqlite.close(),
    prepare(sql) {
      const text = sql === 'begin' ? 'begin immediate' : sql
      const cached = statements.get(text)
      if (cached) return cached
      const statement = withExactAmounts(sqlite.prepare(text))
      if (text.length < MAX_CACHED_CHARS && statements.size < MAX_CACHED) statements.set(text, statement)
      return statement
    },
  }
}

/**
 * Amounts of money come as bigint: as numbers they would lose digits beyond 2^53 billionths, which is 9 million units of
 * a currency. The driver can only give all integers of a statement so, and the others are wanted as numbers.
 */
function withExactAmounts(statement: Database.Statement): SqliteStatement {
  if (!statement.reader || !statement.columns().some(({ name }) => name.endsWith(NANO))) return statement
  statement.safeIntegers(true)
  return {
    reader: true,
    all: (parameters) => statement.all(parameters).map(withNumbers),
    run: (parameters) => statement.run(parameters),
    *iterate(parameters) {
      for (const row of statement.iterate(parameters)) yield withNumbers(row)
    },
  }
}

/** Longer ones are bulk inserts and lists of ids, which seldom come twice. */
const MAX_CACHED_CHARS = 4_000
/** More than there are queries. If the texts of one should vary after all, they must not fill the memory. */
const MAX_CACHED = 500
