import { alignedLines } from '../../messages/columns.ts'
import type { LogEntry } from '../../db/tasks/logs.ts'
import type { TaskView } from '../../db/tasks/tasks.ts'

/** Tasks as a table, newest first. */
export function taskTable(tasks: TaskView[]): string[] {
  if (tasks.length === 0) return ['No tasks yet. Start one: bun rowbot run FILE --workflow NAME']
  return alignedLines(
    tasks.map(({ id, status, counts, name, createdAt }) => [
      id,
      status,
      `${counts.succeeded + counts.failed}/${counts.total}`,
      counts.failed > 0 ? `${counts.failed} failed` : '',
      timeText(createdAt),
      name,
    ]),
  )
}

/** The last things that happened to a task, oldest first. */
export function logLines(entries: LogEntry[]): string[] {
  return entries.toReversed().map(({ at, event, message, executionId }) => {
    const row = executionId ? ` row ${executionId.split('.').at(-1)}` : ''
    return `  ${timeText(at)}  ${event}${row}${message ? ` · ${message}` : ''}`
  })
}

function timeText(ms: number): string {
  return new Date(ms).toLocaleString('sv') // ISO order in local time
}
