import { ROWBOT } from '../../engine/this-program.ts'
import { alignedLines } from '../../messages/columns.ts'
import type { LogEntry } from '../../db/tasks/logs.ts'
import type { TaskView } from '../../db/tasks/tasks.ts'
import { filesText } from './files.ts'
import { inEnglish } from '../../engine/sentence.ts'

/** What a line of the table shows; of a task here, or of one on a server. */
type TaskLine = Pick<TaskView, 'id' | 'status' | 'waiting' | 'name' | 'createdAt'> & {
  counts: Pick<TaskView['counts'], 'succeeded' | 'failed' | 'total'>
}

/** Tasks as a table, newest first. @param failedFiles by task id: files that could not be fetched */
export function taskTable(tasks: TaskLine[], failedFiles: ReadonlyMap<string, number> = new Map()): string[] {
  if (tasks.length === 0) return [`No tasks yet. Start one: ${ROWBOT} run FILE --workflow NAME`]
  return alignedLines(
    tasks.map(({ id, status, counts, waiting, name, createdAt }) => [
      id,
      status,
      `${counts.succeeded + counts.failed}/${counts.total}`,
      [
        ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
        ...(waiting > 0 ? [`${waiting} wait for an answer`] : []),
        ...(failedFiles.has(id) ? [`${filesText(failedFiles.get(id) ?? 0)} not fetched`] : []),
      ].join(', '),
      timeText(createdAt),
      name,
    ]),
  )
}

/** What was done, and what can be done next. */
export function movedText(move: 'stop' | 'pause', id: string): string {
  return move === 'stop'
    ? `Stopped ${id}. Its results: ${ROWBOT} result ${id}`
    : `Paused ${id}; rows in flight finish. Continue: ${ROWBOT} resume ${id}`
}

/** A task’s latest log entries, oldest first. */
export function logLines(entries: LogEntry[]): string[] {
  return entries.toReversed().map(({ at, event, executionId, ...entry }) => {
    const message = inEnglish(entry.message)
    const row = executionId ? ` row ${executionId.split('.').at(-1)}` : ''
    return `  ${timeText(at)}  ${event}${row}${message ? ` · ${message}` : ''}`
  })
}

export function timeText(ms: number): string {
  return new Date(ms).toLocaleString('sv') // ISO order in local time
}
