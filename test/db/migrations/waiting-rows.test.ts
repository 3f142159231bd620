import { expect, test } from 'bun:test'
import Database from 'better-sqlite3'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { migrate } from '../../../src/db/migrations.ts'
import type { Schema } from '../../../src/db/schema.ts'

test('rows keep their states and runs when one more state is allowed', async () => {
  const sqlite = new Database(':memory:')
  sqlite.pragma('foreign_keys = ON')
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: sqlite }) })
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: earlierMigrations },
  }).migrateToLatest()
  expect(error).toBeUndefined()

  await sql`insert into workflows (id, name, description, mode, base_url, api_key, key_hash, variables, file_limits, call_limit, enabled, created_at, synced_at)
    values ('w', 'W', '', 'workflow', 'http://x', '', 'h', '[]', '{}', 10, 1, 0, 0)`.execute(db)
  await sql`insert into uploads (id, file_name, size, bytes, created_at) values ('u', 'a.xlsx', 1, x'00', 0)`.execute(
    db,
  )
  await sql`insert into batch_tasks (id, name, workflow_id, upload_id, file_name, sheet, headings, status, owner, nonce, concurrency, retries, timeout_seconds, total, left_out, created_at)
    values ('t', 'T', 'w', 'u', 'a.xlsx', 'S', '[]', 'paused', 'mei', 'nnn', 1, 2, 60, 2, 0, 100)`.execute(db)
  await sql`insert into task_executions (id, task_id, row_number, status, cells, inputs) values
    ('t.2', 't', 2, 'succeeded', '[]', '{}'), ('t.3', 't', 3, 'failed', '[]', '{}')`.execute(db)
  await sql`insert into runs (execution_id, attempt, task_id, row_number, "user", status, sent_at)
    values ('t.2', 1, 't', 2, 'u', 'succeeded', 0)`.execute(db)

  await migrate(db)
  expect(await db.selectFrom('task_executions').select(['id', 'status']).orderBy('id').execute()).toEqual([
    { id: 't.2', status: 'succeeded' },
    { id: 't.3', status: 'failed' },
  ])
  expect(await db.selectFrom('runs').select('execution_id').execute()).toHaveLength(1)
  await db.updateTable('task_executions').set({ status: 'waiting' }).where('id', '=', 't.3').execute()
  await expect(sql`update task_executions set status = 'odd'`.execute(db)).rejects.toThrow('CHECK')
  const indexes = sqlite.prepare("select name from sqlite_master where type = 'index'").all()
  expect(JSON.stringify(indexes)).toContain('task_executions_finished')
  await db.destroy()
})

const FOLDER = join(import.meta.dir, '../../../src/db/migrations')

async function earlierMigrations(): Promise<Record<string, Migration>> {
  const names = readdirSync(FOLDER).filter((name) => name < '0015')
  const all = names.map(async (name) => {
    const migration: Migration = await import(join(FOLDER, name))
    return [name.replace('.ts', ''), migration] as const
  })
  return Object.fromEntries(await Promise.all(all))
}
