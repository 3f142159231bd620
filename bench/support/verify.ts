import Database from 'better-sqlite3'
import { join } from 'node:path'
import { textOfRow } from './rows.ts'

/** What a reader of the database file needs of a row that has succeeded. */
export interface DoneRow {
  row_number: number
  outputs: string
  workflow_run_id: string
}

/** Rows that are durably done, read from the file alone and not through Rowbot. */
export function doneRows(file: string, taskId: string): DoneRow[] {
  const db = new Database(file)
  try {
    const faults = db.pragma('integrity_check', { simple: true })
    if (faults !== 'ok') throw new Error(`The database is broken: ${String(faults)}.`)
    // The columns are those of DoneRow.
    return db
      .prepare(
        `select row_number, outputs, workflow_run_id from task_executions
         where task_id = ? and status = 'succeeded' order by row_number`,
      )
      .all(taskId) as DoneRow[]
  } finally {
    db.close()
  }
}

/** @throws when a row is missing or has another row's answer */
export function verifyRows(dataDir: string, taskId: string, rows: number): DoneRow[] {
  const done = doneRows(join(dataDir, 'rowbot.db'), taskId)
  if (done.length !== rows) throw new Error(`Only ${done.length} of ${rows} rows are done.`)
  for (const [index, { row_number, outputs }] of done.entries()) {
    // The summariser's outputs.
    const { summary } = JSON.parse(outputs) as { summary: string }
    if (row_number !== index + 2 || summary !== textOfRow(row_number))
      throw new Error(`Row ${row_number} has the answer “${summary}”.`)
  }
  return done
}
