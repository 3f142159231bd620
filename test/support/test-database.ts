import { Socket } from 'node:net'
import { Client } from 'pg'
import { connectPostgres, openPostgres } from '../../src/db/postgres.ts'
import { Cluster } from '../../src/queue/cluster.ts'
import type { Db } from '../../src/db/schema.ts'
import { startPostgres } from './postgres.ts'

/** With TEST_DATABASE=postgres, tests of what is stored run on Postgres. Default: SQLite. */
export const ON_POSTGRES = process.env['TEST_DATABASE'] === 'postgres'

/** With TEST_ENCRYPT=true, rows in tests are encrypted. */
export const ENCRYPTED = process.env['TEST_ENCRYPT'] === 'true'

/** An empty, migrated database of its own on the test server. Give it back when nothing is connected to it any more. */
export async function borrowDatabase(): Promise<{ url: string; giveBack: () => Promise<void> }> {
  const name = free.pop() ?? (await newDatabase())
  const url = await urlOf(name)
  return {
    url,
    async giveBack() {
      const deletes = await emptied()
      await (await emptier(name)).query(deletes)
      free.push(name)
    },
  }
}

/** As openSqlite(':memory:'): the caller has it for itself. */
export async function openBorrowed(): Promise<{ db: Db; close: () => Promise<void> }> {
  const { url, giveBack } = await borrowDatabase()
  const db = connectPostgres(url, { connections: 4 })
  return {
    db,
    async close() {
      await db.destroy()
      await giveBack()
    },
  }
}

const free: string[] = []
let server: Promise<string> | undefined
let template: Promise<string> | undefined

/** The test server: the one at TEST_DATABASE_URL, or one that this process starts. */
export function serverUrl(): Promise<string> {
  return (server ??= (async () => process.env['TEST_DATABASE_URL'] ?? (await startPostgres()).url)())
}

async function urlOf(name: string): Promise<string> {
  const url = new URL(await serverUrl())
  url.pathname = `/${name}`
  return url.href
}

/** An empty database without any table, which nobody gets after you. */
export async function bareDatabase(): Promise<string> {
  const name = `rowbot_bare_${crypto.randomUUID().slice(0, 8)}`
  await onServer(await serverUrl(), (client) => client.query(`create database ${name}`))
  return urlOf(name)
}

async function newDatabase(): Promise<string> {
  const from = await (template ??= makeTemplate())
  const name = `rowbot_test_${crypto.randomUUID().slice(0, 8)}`
  await onServer(await serverUrl(), (client) =>
    client.query(`create database ${name} template ${from} strategy file_copy`),
  )
  return name
}

/** A migrated database to copy: to migrate one takes longer than most tests. */
async function makeTemplate(): Promise<string> {
  const name = `rowbot_template_${crypto.randomUUID().slice(0, 8)}`
  await onServer(await serverUrl(), (client) => client.query(`create database ${name}`))
  const url = await urlOf(name)
  const db = await openPostgres(url)
  const cluster = await Cluster.open({ db, url, onFault: () => {} })
  await cluster.close()
  await db.destroy()
  return name
}

/**
 * A connection that stays, one a database: a new one would first have to read what all the tables are, which takes the server
 * longer than to empty them. It keeps no process alive.
 */
function emptier(name: string): Promise<Client> {
  const known = emptiers.get(name)
  if (known) return known
  const connecting = (async () => {
    const socket = new Socket()
    const client = new Client({ connectionString: await urlOf(name), stream: () => socket })
    client.on('error', () => emptiers.delete(name)) // the server has been restarted
    await client.connect()
    socket.unref()
    return client
  })()
  emptiers.set(name, connecting)
  return connecting
}

const emptiers = new Map<string, Promise<Client>>()

let emptying: Promise<string> | undefined

/** Statements that delete all rows of all tables: faster than truncation, for tables of a few rows. */
function emptied(): Promise<string> {
  return (emptying ??= (async () => {
    const { rows } = await onServer(await urlOf(await (template ??= makeTemplate())), (client) =>
      client.query<{ name: string }>(
        "select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename not like 'kysely%'",
      ),
    )
    const deletes = ['pgboss.job', ...rows.map(({ name }) => name)].map((name) => `delete from ${name}`)
    return `set session_replication_role = replica; ${deletes.join('; ')};
      select setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) from pg_sequences where schemaname = 'public'`
  })())
}

async function onServer<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
