import { expect, test } from 'bun:test'
import Database from 'better-sqlite3'
import { Kysely, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import * as init from '../../../src/db/migrations/0001-init.ts'
import * as drafts from '../../../src/db/migrations/0002-drafts.ts'
import * as page from '../../../src/db/migrations/0003-page.ts'
import { sqliteDialect } from '../../../src/db/sqlite-dialect.ts'
import { migrate } from '../../../src/db/migrations.ts'
import type { Schema } from '../../../src/db/schema.ts'
import { nano } from '../../support/nano.ts'

test('what rows knew of their last call becomes its line', async () => {
  const sqlite = new Database(':memory:')
  const db = new Kysely<Schema>({ dialect: sqliteDialect(sqlite, { file: 'memory', waitMs: 0 }) })
  const before = { '0001-init': init, '0002-drafts': drafts, '0003-page': page }
  const { error } = await new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(before) },
  }).migrateToLatest()
  expect(error).toBeUndefined()

  await sql`insert into workflows values ('w', 'W', '', 'workflow', 'http://x', '', 'h', '[]', '{}', 10, 1, 0, 0, null)`.execute(
    db,
  )
  await sql`insert into uploads values ('u', 'a.xlsx', 1, x'00', 0)`.execute(db)
  await sql`
    insert into batch_tasks (id, name, workflow_id, upload_id, file_name, sheet, headings, status, owner, nonce,
      concurrency, retries, timeout_seconds, total, created_at)
    values ('t', 'T', 'w', 'u', 'a.xlsx', 'S', '[]', 'cancelled', 'mei', 'nnn', 1, 2, 60, 5, 100)`.execute(db)
  await sql`
    insert into task_executions (id, task_id, row_number, status, cells, inputs, attempt, unresolved, attempted_at,
      finished_at, workflow_run_id, dify_task_id, tokens, price, currency)
    values
      ('t.2', 't', 2, 'succeeded', '[]', '{}', 2, 0, 200, 300, 'run-2', 'task-2', 7, 0.5, 'USD'),
      ('t.3', 't', 3, 'cancelled', '[]', '{}', 1, 2, 210, 310, null, null, null, null, null),
      ('t.4', 't', 4, 'running', '[]', '{}', 3, 0, 220, null, 'run-4', 'task-4', 4, 0.25, 'USD'),
      ('t.5', 't', 5, 'failed', '[]', '{}', 3, 0, 230, 330, null, null, 9, null, null),
      ('t.6', 't', 6, 'pending', '[]', '{}', 0, 0, null, null, null, null, null, null, null)`.execute(db)

  await migrate(db)
  const runs = await db.selectFrom('runs').selectAll().orderBy('row_number').execute()
  expect(runs).toMatchObject([
    {
      user: 'rowbot-t-nnn-2-2',
      attempt: 2,
      status: 'succeeded',
      sent_at: 200,
      started_at: 200,
      ended_at: 300,
      workflow_run_id: 'run-2',
      dify_task_id: 'task-2',
      tokens: 7,
      price_nano: nano(0.5),
      learnt: null,
    },
    { user: 'rowbot-t-nnn-3-1', status: 'open', stop_asked_at: 310, stop_reason: 'person', ended_at: null },
    { user: 'rowbot-t-nnn-4-3', status: 'open', started_at: 220, ended_at: null, workflow_run_id: 'run-4' },
    { user: 'rowbot-t-nnn-5-3', status: 'failed', started_at: null, tokens: 9, price_nano: null },
  ])
  await db.destroy()
})
