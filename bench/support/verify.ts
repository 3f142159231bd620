import Database from 'better-sqlite3'
import { join } from 'node:path'
import { textOfRow } from './rows.ts'

/** A succeeded row, as read from the database file. */
export interface DoneRow {
  row_number: number
  outputs: string
  workflow_run_id: string
}

/** Rows that are durably done, read directly from the file without Rowbot. */
export function doneRows(file: string, taskId: string): DoneRow[] {
  return withDatabase(file, (db) => {
    const fault = db.pragma('integrity_check', { simple: true })
    if (fault !== 'ok') throw new Error(`The database is broken: ${String(fault)}.`)
    const done = db.prepare(
      `select row_number, outputs, workflow_run_id from task_executions
       where task_id = ? and status = 'succeeded' order by row_number`,
    )
    // `as`: the query selects the columns of DoneRow.
    return done.all(taskId) as DoneRow[]
  })
}

export function taskStatus(file: string, taskId: string): unknown {
  return withDatabase(file, (db) =>
    db.prepare('select status from batch_tasks where id = ?').pluck().get(taskId),
  )
}

/** @throws if a row is missing or has another row’s answer */
export function verifyRows(dataDir: string, taskId: string, rows: number): void {
  const done = doneRows(join(dataDir, 'rowbot.db'), taskId)
  if (done.length !== rows) throw new Error(`Only ${done.length} of ${rows} rows are done.`)
  for (const row of done) {
    if (!isOwnAnswer(row)) throw new Error(`Row ${row.row_number} has another answer: ${row.outputs}`)
  }
}

export function isOwnAnswer({ row_number, outputs }: DoneRow): boolean {
  // The summariser’s outputs.
  const { summary } = JSON.parse(outputs) as { summary: string }
  return summary === textOfRow(row_number)
}

function withDatabase<T>(file: string, action: (db: Database.Database) => T): T {
  const db = new Database(file)
  try {
    return action(db)
  } finally {
    db.close()
  }
}
