import { expect, test } from 'bun:test'
import { type Kysely, sql } from 'kysely'
import { openSqlite } from '../../../src/db/sqlite.ts'
import { up } from '../../../src/db/migrations/0021-trial.ts'
import { later, tempFolder } from '../../support/bot.ts'
import { join } from 'node:path'

test('a task that tried its first row before any rows could be still tries that one', async () => {
  const db = await openSqlite(join(tempFolder(), 'rowbot.db'))
  later(() => db.destroy())
  await sql`drop index executions_trial`.execute(db)
  await sql`alter table task_executions drop column trial`.execute(db)
  await sql`pragma foreign_keys = off`.execute(db)
  await sql`
    insert into batch_tasks (id, name, workflow_id, upload_id, file_name, sheet, headings, status, epoch, owner, nonce,
      concurrency, retries, timeout_seconds, pause_after, total, left_out, created_at)
    values ('t', 'T', 'w', 'u', 'a.xlsx', 'S', '[]', 'pending', 0, 'mei', 'n', 1, 2, 60, 2, 2, 0, 100),
      ('all', 'T', 'w', 'u', 'a.xlsx', 'S', '[]', 'pending', 0, 'mei', 'n', 1, 2, 60, null, 1, 0, 100)`.execute(
    db,
  )
  await sql`
    insert into task_executions (id, task_id, row_number, status, cells, inputs)
    values ('t.2', 't', 2, 'pending', '[]', '{}'), ('t.3', 't', 3, 'pending', '[]', '{}'),
      ('all.2', 'all', 2, 'pending', '[]', '{}')`.execute(db)
  await up(db as unknown as Kysely<unknown>) // `as`: a migration knows no tables
  const rows = await sql<{
    id: string
    trial: number
  }>`select id, trial from task_executions order by id`.execute(db)
  expect(rows.rows).toEqual([
    { id: 'all.2', trial: 0 },
    { id: 't.2', trial: 1 },
    { id: 't.3', trial: 0 },
  ])
})
