import { setTimeout } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  type PostgresPool,
  type TransactionSettings,
} from 'kysely'
import { type CustomTypesConfig, type QueryResult, Pool, types } from 'pg'
import { DatabaseUnreachable } from './away.ts'
import { withNumbers } from './exact-amounts.ts'
import { mayLiveBesideNewer, migrate, noteOldestVersion } from './migrations.ts'
import { PostgresCompiler } from './postgres-compiler.ts'
import { nameOfPrepared } from './prepared.ts'
import type { Db, Schema } from './schema.ts'
import { marking } from './sealed/marked.ts'
import { FIND_DATA_KEY, SealedTexts, sealedTextsFor } from './sealed/sealed-texts.ts'
import { hasMetAnother, isOutdated } from './transaction.ts'

export interface PostgresOptions {
  /** how many connections this process may have open */
  connections?: number
  /** for tests: how long to wait for the server before giving up, ms */
  waitMs?: number
  /** for tests: how long a statement may take before the connection is taken for broken, ms */
  answerMs?: number
  /** for migrations: how long a statement may wait for a lock, ms; default: as long as it takes */
  lockMs?: number
}

const CONNECTIONS = 10
/** Restarts of a server take a second or two. */
const WAIT_MS = 10_000
const CONNECT_MS = 5_000
/** A connection through a firewall that forgot it is silent for ever. No statement of ours takes nearly as long. */
const ANSWER_MS = 30_000
/**
 * How long a process that is frozen within a transaction may hold its locks, before the server ends its session. Others
 * wait for them, for example to take over a task of it.
 */
const FROZEN_MS = 5_000

/**
 * Opens a Postgres database and migrates it to the newest schema. Of several processes that start at once one migrates,
 * and the others wait.
 * @throws UserError when a newer Rowbot wrote it; DatabaseUnreachable when the server does not answer for 10 s
 */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Db> {
  const own = new Kysely<Schema>({
    dialect: dialect(url, { ...options, connections: 1, answerMs: 0, lockMs: MIGRATION_LOCK_MS }),
  })
  try {
    if (!(await mayLiveBesideNewer(own))) {
      await withShortLocks(() => migrate(own))
      await noteOldestVersion(own)
    }
  } finally {
    await own.destroy()
  }
  return connectPostgres(url, options)
}

/**
 * Tries a migration again and again while others hold locks that it needs. It never waits long for one: everything that
 * comes after it would wait behind it, and processes of the version before are at work meanwhile. For the same reason
 * it gives up before the server looks for a deadlock (after 1 s), so that it is never one of them that is ended.
 */
export async function withShortLocks<T>(migrate: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await migrate()
    } catch (fault) {
      const isLocked = fault instanceof Error && 'code' in fault && fault.code === LOCK_NOT_AVAILABLE
      if (!(isLocked || hasMetAnother(fault)) || tries === MIGRATION_TRIES) throw fault
      await setTimeout(Math.random() * MIGRATION_PAUSE_MS)
    }
  }
}

const LOCK_NOT_AVAILABLE = '55P03'
export const MIGRATION_LOCK_MS = 500
const MIGRATION_PAUSE_MS = 1_000
/** Five minutes, also for another process that migrates. */
const MIGRATION_TRIES = 300

/** A database that is migrated already. */
export function connectPostgres(url: string, options: PostgresOptions = {}): Db {
  return new Kysely<Schema>({ dialect: dialect(url, options) })
}

function dialect(
  url: string,
  { connections = CONNECTIONS, waitMs = WAIT_MS, answerMs = ANSWER_MS, lockMs = 0 }: PostgresOptions,
) {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    application_name: 'rowbot',
    keepAlive: true,
    connectionTimeoutMillis: Math.min(CONNECT_MS, waitMs),
    idle_in_transaction_session_timeout: FROZEN_MS,
    ...(answerMs > 0 && { query_timeout: answerMs }),
    ...(lockMs > 0 && { lock_timeout: lockMs }),
    types: EXACT,
  })
  // An idle connection that broke is replaced by the pool; of one in use, the statement fails.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const texts = new SealedTexts()
  return {
    createAdapter: () => sealedTextsFor(new PostgresAdapter(), texts),
    createDriver: () => new SureDriver(waiting(pool, waitMs, texts)),
    createIntrospector: (db: Kysely<unknown>) => new PostgresIntrospector(db),
    createQueryCompiler: () => marking(new PostgresCompiler(), texts),
  }
}

/**
 * Postgres' 64 bit integers and sums as bigint; `withNumbers` makes numbers of those that are no amounts. The
 * driver gives texts by default.
 */
const EXACT: CustomTypesConfig = {
  getTypeParser(type, format) {
    const oid: number = type
    if (oid === INT8) return BigInt
    if (oid === NUMERIC) return (text: string) => (/^-?\d+$/.test(text) ? BigInt(text) : Number(text))
    return types.getTypeParser(type, format)
  },
}
const INT8 = 20
const NUMERIC = 1700

/**
 * Postgres refuses a text with U+0000. What is stored has none, so nothing is found by one either; it must be an empty
 * answer, as on SQLite, and no fault.
 */
function withoutNul(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value
}

/** A pool that waits for a server that restarts, and does not hand out a connection again that broke. */
function waiting(pool: Pool, waitMs: number, texts: SealedTexts): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await untilReachable(waitMs, () => pool.connect())
      let isBroken = false
      const findKey = async () => {
        const { rows } = await client.query<{ value: string }>(FIND_DATA_KEY)
        texts.unlock(rows[0]?.value)
      }
      return {
        async query(text: unknown, parameters?: readonly unknown[]) {
          if (typeof text !== 'string') throw new Error('nothing is streamed from Postgres')
          try {
            if (parameters && texts.lacksKeyFor(parameters)) await findKey()
            const values = [...texts.bound(parameters ?? [])].map(withoutNul)
            const name = nameOfPrepared(text)
            const query =
              name === undefined ? client.query(text, values) : client.query({ name, text, values })
            const result: QueryResult | QueryResult[] = await query
            const last = Array.isArray(result) ? result.at(-1) : result
            for (const row of last.rows) withNumbers(row)
            const { rows }: { rows: Record<string, unknown>[] } = last
            if (!texts.open(rows)) {
              await findKey()
              texts.open(rows)
            }
            return last
          } catch (fault) {
            isBroken ||= isUnreachable(fault) || isOutdated(fault)
            if (!isUnreachable(fault)) throw fault
            throw new DatabaseUnreachable(fault)
          }
        },
        release: (destroy?: boolean) => client.release(destroy === true || isBroken),
      } as Awaited<ReturnType<PostgresPool['connect']>>
    },
  }
}

/** @throws DatabaseUnreachable after `waitMs` */
async function untilReachable<T>(waitMs: number, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + waitMs
  for (let ms = FIRST_PAUSE_MS; ; ms = Math.min(ms * 2, MAX_PAUSE_MS)) {
    try {
      return await work()
    } catch (fault) {
      if (!isUnreachable(fault)) throw fault
      if (performance.now() + ms > until) throw new DatabaseUnreachable(fault)
      await setTimeout(ms)
    }
  }
}

const FIRST_PAUSE_MS = 20
const MAX_PAUSE_MS = 500

/** A transaction as the server knows it, and the process there that has it. */
interface ServerTransaction {
  xid: string
  pid: number
}

/**
 * Never leaves open whether a transaction was committed: if the connection breaks while it is, the server is asked
 * about it over another one. A claim that was committed unnoticed would leave a row that nobody runs.
 */
class SureDriver extends PostgresDriver {
  readonly #onServer = new WeakMap<DatabaseConnection, ServerTransaction>()

  constructor(private readonly pool: PostgresPool) {
    super({ pool })
  }

  override async beginTransaction(
    connection: DatabaseConnection,
    { isolationLevel }: TransactionSettings,
  ): Promise<void> {
    const level = isolationLevel ? ` isolation level ${isolationLevel}` : ''
    const { rows } = await connection.executeQuery<ServerTransaction>(
      CompiledQuery.raw(`begin${level}; select pg_current_xact_id()::text as xid, pg_backend_pid() as pid`),
    )
    if (rows[0]) this.#onServer.set(connection, rows[0])
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.commitTransaction(connection)
    } catch (fault) {
      if (!(fault instanceof DatabaseUnreachable)) throw fault
      const onServer = this.#onServer.get(connection)
      if (!onServer || !(await this.#hasCommitted(onServer))) throw fault
    }
  }

  /** Waits for the answer, however long the server is away. */
  async #hasCommitted(onServer: ServerTransaction): Promise<boolean> {
    for (;;) {
      const status = await this.#statusOf(onServer).catch((fault: unknown) => {
        if (fault instanceof DatabaseUnreachable) return 'in progress'
        throw fault
      })
      if (status !== 'in progress') return status === 'committed'
      await setTimeout(MAX_PAUSE_MS)
    }
  }

  async #statusOf({ xid, pid }: ServerTransaction): Promise<string | undefined> {
    const client = await this.pool.connect()
    try {
      const { rows } = await client.query<{ status: string }>('select pg_xact_status($1::xid8) as status', [
        xid,
      ])
      const status = rows[0]?.status
      // It may never have heard of the commit, and would wait for it.
      if (status === 'in progress') await client.query('select pg_terminate_backend($1)', [pid])
      return status
    } finally {
      client.release()
    }
  }
}

/** The connection broke or was refused, so nothing can be said against the statement. */
function isUnreachable(fault: unknown): boolean {
  if (!(fault instanceof Error)) return false
  if (fault instanceof DatabaseUnreachable) return true
  const code = 'code' in fault ? String(fault.code) : ''
  return UNREACHABLE_CODE.test(code) || UNREACHABLE_TEXT.test(fault.message)
}

/**
 * https://www.postgresql.org/docs/current/errcodes-appendix.html: 08… connections, 57P… the server stops or starts, 53300
 * too many connections, 25P03 it was frozen within a transaction; and those of the operating system.
 */
const UNREACHABLE_CODE =
  /^(?:08\w{3}|57P0[1235]|53300|25P0[34]|E(?:CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN))$/
/** Of the driver, whose own errors have no codes. */
const UNREACHABLE_TEXT =
  /^(?:Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed|The client has been closed|getaddrinfo )/
