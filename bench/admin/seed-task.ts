import type { Database } from 'better-sqlite3'
import type { ExecutionStatus } from '../../src/engine/states.ts'
import { seededRow } from './seed-row.ts'
import { type TaskSpec, workflowId } from './seed-plan.ts'

type InsertRow = (task: TaskSpec, index: number) => ExecutionStatus

/** Inserts a task with its rows, their log and, if it was started in a chat, its message. */
export function taskInserter(sqlite: Database, insertRow: InsertRow): (task: TaskSpec) => void {
  const insert = sqlite.prepare(
    `insert into batch_tasks (id, name, workflow_id, upload_id, file_name, sheet, headings, status, epoch, owner,
       owner_key, nonce, concurrency, retries, timeout_seconds, error, total, left_out, created_at, started_at, finished_at)
     values (?, ?, ?, 'upload', ?, 'Products', '["SKU","Name","Key features","Tone"]', ?, 1, ?, ?, 'nonce', 3, 2, 300, ?, ?, 0,
       ?, ?, ?)`,
  )
  const count = sqlite.prepare('update batch_tasks set succeeded = ?, failed = ?, cancelled = ? where id = ?')
  const message = sqlite.prepare(
    `insert into task_messages (task_id, owner, place, locale, posts, lost) values (?, '{}', ?, 'en', 1, 0)`,
  )
  const log = logInserter(sqlite)

  return (task) => {
    const { id, number, createdAt, status, platform } = task
    const hasEnded = status === 'completed' || status === 'failed' || status === 'cancelled'
    insert.run(
      id,
      task.name,
      workflowId(task.workflow),
      `${task.name.split(' ')[0]}.xlsx`,
      status,
      task.owner,
      platform && `${platform}:T1:U${number % 50}`,
      status === 'failed' ? 'Dify says the API key is no longer valid.' : null,
      task.rows,
      createdAt,
      status === 'pending' ? null : createdAt + 1_000,
      hasEnded ? createdAt + 300_000 : null,
    )
    log.run(id, null, createdAt, 'task.created', `by ${task.owner}`)
    if (status !== 'pending') log.run(id, null, createdAt + 1_000, 'task.taken', '')
    if (platform)
      message.run(id, JSON.stringify({ platform, link: `https://chat.example.com/${platform}/p${number}` }))

    const counts = { pending: 0, running: 0, waiting: 0, succeeded: 0, failed: 0, cancelled: 0 }
    for (let i = 0; i < task.rows; i++) counts[insertRow(task, i)]++
    count.run(counts.succeeded, counts.failed, counts.cancelled, id)
  }
}

export function rowInserter(sqlite: Database): InsertRow {
  const insert = sqlite.prepare(
    `insert into task_executions (id, task_id, row_number, status, cells, inputs, outputs, error, attempt, attempted_at,
       finished_at, workflow_run_id, seconds, tokens, price_nano, currency)
     values (@id, @task, @row, @status, @cells, @inputs, @outputs, @error, @attempt, @attemptedAt, @finishedAt, @run,
       @seconds, @tokens, @priceNano, @currency)`,
  )
  const log = logInserter(sqlite)
  return (task, index) => {
    const row = seededRow(task, index)
    insert.run(row)
    if (row.finishedAt !== null && row.run !== null)
      log.run(task.id, row.id, row.finishedAt, 'row.attempt', row.error ?? '')
    return row.status
  }
}

function logInserter(sqlite: Database) {
  return sqlite.prepare(
    `insert into execution_logs (task_id, execution_id, at, level, event, message, details)
     values (?, ?, ?, 'info', ?, ?, '{"status":"succeeded","attempt":1,"ms":1234}')`,
  )
}
