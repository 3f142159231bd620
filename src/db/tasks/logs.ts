import type { CompiledQuery, Insertable } from 'kysely'
import { compiledOnce } from '../compiled.ts'
import type { Db, LogTable, Trx } from '../schema.ts'
import { toText } from '../json.ts'
import { readSentence, type Sentence } from '../../engine/sentence.ts'
import { messageColumns } from '../sentences.ts'

export interface LogEntry {
  id: number
  taskId: string
  executionId: string | null
  at: number
  level: LogTable['level']
  event: string
  message: Sentence
  details: Record<string, unknown> | null
}

export interface NewLogEntry {
  taskId: string
  executionId?: string
  at: number
  level?: LogTable['level']
  event: string
  message: Sentence
  details?: Record<string, unknown>
}

const insert = compiledOnce((db, entry: Insertable<LogTable>) =>
  db.insertInto('execution_logs').values(entry),
)

export async function insertLog(db: Db | Trx, entry: NewLogEntry): Promise<void> {
  await insert(db, columnsOf(entry))
}

/** The statement that writes it. */
export function logQuery(db: Db | Trx, entry: NewLogEntry): CompiledQuery {
  return insert.bound(db, columnsOf(entry))
}

function columnsOf(entry: NewLogEntry): Insertable<LogTable> {
  return {
    task_id: entry.taskId,
    execution_id: entry.executionId ?? null,
    at: entry.at,
    level: entry.level ?? 'info',
    event: entry.event,
    ...messageColumns(entry.message),
    details: entry.details ? toText(entry.details) : null,
  }
}

/** Newest first. */
export async function listLogs(
  db: Db,
  { taskId, executionId, limit = 100, offset = 0 }: LogFilter,
): Promise<LogEntry[]> {
  const rows = await logsOf(db, { taskId, executionId })
    .selectAll()
    .orderBy('id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  return rows.map(({ task_id, execution_id, details, message, message_sentence, ...row }) => ({
    ...row,
    message: readSentence(message_sentence, message),
    taskId: task_id,
    executionId: execution_id,
    // Written by insertLog, from an object.
    details: details === null ? null : (JSON.parse(details) as Record<string, unknown>),
  }))
}

/** How many entries there are on all pages. */
export async function countLogs(db: Db, of: Pick<LogFilter, 'taskId' | 'executionId'>): Promise<number> {
  const { count } = await logsOf(db, of)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

function logsOf(db: Db, { taskId, executionId }: { taskId: string; executionId?: string | undefined }) {
  const query = db.selectFrom('execution_logs').where('task_id', '=', taskId)
  return executionId === undefined ? query : query.where('execution_id', '=', executionId)
}

export interface LogFilter {
  taskId: string
  executionId?: string
  limit?: number
  offset?: number
}
