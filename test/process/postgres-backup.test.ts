import { expect, test } from 'bun:test'
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { connectPostgres, openPostgres } from '../../src/db/postgres.ts'
import type { Db } from '../../src/db/schema.ts'
import { later, tempFolder, until } from '../support/bot.ts'
import { postgresPrograms, type PostgresServer, startPostgres } from '../support/postgres.ts'

const DOCS = readFileSync(join(import.meta.dir, '../../docs/backup.md'), 'utf8')

/** A block of docs/backup.md, word for word. */
function block(name: string): string {
  const found = new RegExp(`<!-- run: ${name} -->\n\`\`\`\\w+\n(.*?)\`\`\``, 's').exec(DOCS)?.[1]
  if (found === undefined) throw new Error(`docs/backup.md has no block ${name}`)
  return found
}

/** In a shell, as the user that the server runs as. */
function run(server: PostgresServer, script: string, env: Record<string, string>): void {
  const command = server.as(['sh', '-euc', script])
  const PATH = `${postgresPrograms()}:${process.env['PATH']}`
  const { exitCode, stderr } = Bun.spawnSync(command, { env: { PATH, ...env }, cwd: server.folder })
  if (exitCode !== 0) throw new Error(stderr.toString())
}

const inDatabase = (url: string, name: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href

async function note(db: Db, name: 'secret key' | 'admin token', value: string): Promise<void> {
  await db.insertInto('shared_values').values({ name, value }).execute()
}

async function notes(url: string): Promise<string[]> {
  const db = connectPostgres(url)
  try {
    const rows = await db
      .selectFrom('shared_values')
      .select('value')
      .where('name', '<>', 'oldest version')
      .orderBy('value')
      .execute()
    return rows.map(({ value }) => value)
  } finally {
    await db.destroy()
  }
}

test('Postgres is dumped and restored, and goes back to a moment, as docs/backup.md says', async () => {
  const BACKUP = tempFolder()
  chmodSync(BACKUP, 0o777)
  const server = await startPostgres({ settings: block('archive'), env: { BACKUP } })
  later(() => server.remove())
  run(server, 'mkdir "$BACKUP/wal"', { BACKUP })
  const SERVER_URL = server.url
  const [DATABASE_URL, RESTORED_URL] = [
    inDatabase(SERVER_URL, 'rowbot'),
    inDatabase(SERVER_URL, 'rowbot_restored'),
  ]
  const RESTORED = join(server.folder, 'restored')
  const env = { BACKUP, SERVER_URL, DATABASE_URL, RESTORED_URL, RESTORED }
  run(server, 'psql "$SERVER_URL" --command="create database rowbot"', env)
  const db = await openPostgres(DATABASE_URL)
  run(server, block('base'), env)

  await note(db, 'secret key', 'before')
  run(server, block('dump'), env)
  const { rows } = await sql<{ now: string }>`select now()::text as now`.execute(db)
  await note(db, 'admin token', 'too late')
  run(server, block('restore-dump'), env)
  expect(await notes(RESTORED_URL)).toEqual(['before'])
  expect(await notes(DATABASE_URL)).toEqual(['before', 'too late'])

  const { rows: switched } = await sql<{
    wal: string
  }>`select pg_walfile_name(pg_switch_wal()) as wal`.execute(db)
  await until(
    async () =>
      (await sql<{ wal: string }>`select last_archived_wal as wal from pg_stat_archiver`.execute(db)).rows,
    ([archived]) => (archived?.wal ?? '') >= (switched[0]?.wal ?? ''),
  )
  await db.destroy()
  await server.stop('immediate')
  run(server, block('point-in-time'), { ...env, TIME: rows[0]?.now ?? '' })
  const restored = await startPostgres({ data: RESTORED, env: { BACKUP } })
  later(() => restored.remove())
  expect(await notes(inDatabase(restored.url, 'rowbot'))).toEqual(['before'])
}, 120_000)
