import type { Selectable } from 'kysely'
import type { OutputFile, OutputFileStatus } from '../../engine/output-files.ts'
import type { Claim } from '../../engine/task.ts'
import { inChunks } from '../in-chunks.ts'
import type { Db, OutputFileTable, Trx } from '../schema.ts'
import { isText } from '../sealed/compare.ts'
import { errorColumns, errorOf, NO_ERROR } from '../sentences.ts'
import { say, type Sentence } from '../../engine/sentence.ts'

/** A file among the outputs of a row, and whether we have it. */
export interface StoredOutputFile extends OutputFile {
  executionId: string
  taskId: string
  /** the row's number in the person's sheet */
  row: number
  status: OutputFileStatus
  /** why it could not be fetched */
  error: Sentence | null
  /** of its bytes in the file store; null: not kept */
  sha256: string | null
  /** Dify is to be asked for a new link first */
  askAgain: boolean
  /** false: its row has too many */
  canBeFetched: boolean
}

export const MOST_FILES_OF_ROW = 20

/** Written in the transaction that settles the row: the row never succeeds without the lines of its files. */
export async function insertOutputFiles(
  trx: Trx,
  { id, taskId, rowNumber }: Pick<Claim, 'id' | 'taskId' | 'rowNumber'>,
  files: OutputFile[],
  now: number,
): Promise<void> {
  await trx.deleteFrom('output_files').where('execution_id', '=', id).execute()
  if (files.length === 0) return
  const rows = files.map((file) => {
    const isOver = file.position > MOST_FILES_OF_ROW
    return {
      execution_id: id,
      position: file.position,
      task_id: taskId,
      row_number: rowNumber,
      output: file.output,
      name: file.name,
      mime_type: file.mimeType,
      size: file.size,
      url: file.url,
      status: isOver ? ('failed' as const) : ('waiting' as const),
      ...(isOver ? errorColumns(say('too-many-output-files', { max: MOST_FILES_OF_ROW })) : NO_ERROR),
      sha256: null,
      at: now,
    }
  })
  await trx.insertInto('output_files').values(rows).execute()
}

/** Files still to be fetched: of a row, of a task, or all, in the order of the sheet. */
export async function listWaitingFiles(
  db: Db,
  { taskId, executionId }: { taskId?: string | undefined; executionId?: string | undefined } = {},
): Promise<StoredOutputFile[]> {
  let query = db.selectFrom('output_files').selectAll().where('status', '=', 'waiting')
  if (taskId !== undefined) query = query.where('task_id', '=', taskId)
  if (executionId !== undefined) query = query.where('execution_id', '=', executionId)
  const rows = await query.orderBy('task_id').orderBy('row_number').orderBy('position').execute()
  return rows.map(toOutputFile)
}

/** The files of these rows of a task, in the order of the sheet. @param rows at most some thousand; default: all */
export async function listOutputFiles(
  db: Db,
  taskId: string,
  { rows }: { rows?: number[] | undefined } = {},
): Promise<StoredOutputFile[]> {
  let query = db.selectFrom('output_files').selectAll().where('task_id', '=', taskId)
  if (rows !== undefined) query = query.where('row_number', 'in', rows)
  return (await query.orderBy('row_number').orderBy('position').execute()).map(toOutputFile)
}

/** The largest row number of a task: names of files have as many digits, even while further rows get theirs. */
export async function lastRowOf(db: Db, taskId: string): Promise<number> {
  const { last } = await db
    .selectFrom('task_executions')
    .select((eb) => eb.fn.max('row_number').as('last'))
    .where('task_id', '=', taskId)
    .executeTakeFirstOrThrow()
  return last
}

/** How many files of a task there are, and the bytes of those that were fetched. */
export interface FileCounts extends Record<OutputFileStatus, number> {
  /** of the failed ones, those that can be fetched again */
  again: number
  fetchedBytes: number
}

export async function countOutputFiles(db: Db | Trx, taskId: string): Promise<FileCounts> {
  const groups = await db
    .selectFrom('output_files')
    .select((eb) => [
      'status',
      eb.fn
        .sum<number>(eb.case().when('position', '<=', MOST_FILES_OF_ROW).then(1).else(0).end())
        .as('first'),
      eb.fn.countAll<number>().as('files'),
      eb.fn.sum<number | null>('size').as('bytes'),
    ])
    .where('task_id', '=', taskId)
    .groupBy('status')
    .execute()
  const counts: FileCounts = { waiting: 0, fetched: 0, failed: 0, again: 0, fetchedBytes: 0 }
  for (const { status, files, first, bytes } of groups) {
    counts[status] = files
    if (status === 'failed') counts.again = first
    if (status === 'fetched') counts.fetchedBytes = bytes ?? 0
  }
  return counts
}

/** How many files of each of these tasks could not be fetched. A task without such files is not in it. */
export async function countFailedFiles(db: Db, taskIds: string[]): Promise<Map<string, number>> {
  if (taskIds.length === 0) return new Map()
  const groups = await db
    .selectFrom('output_files')
    .select((eb) => ['task_id', eb.fn.countAll<number>().as('files')])
    .where('task_id', 'in', taskIds)
    .where('status', '=', 'failed')
    .groupBy('task_id')
    .execute()
  return new Map(groups.map(({ task_id, files }) => [task_id, files]))
}

export type FetchResult =
  | { kind: 'fetched'; sha256: string; size: number }
  | { kind: 'failed'; error: Sentence }

/**
 * Writes what became of a file that waited, unless its row has run again meanwhile and gave another. Rows that have the
 * row's answer have the same file.
 */
export async function updateOutputFile(
  db: Db | Trx,
  { executionId, position, url }: Pick<StoredOutputFile, 'executionId' | 'position' | 'url'>,
  result: FetchResult,
  now: number,
): Promise<void> {
  const update = db
    .updateTable('output_files')
    .set((eb) => ({
      at: now,
      ...changes(result),
      ...(result.kind !== 'fetched' && { tries: eb('tries', '+', 1) }),
    }))
    .where('position', '=', position)
    .where(isText('url', url))
    .where('status', '=', 'waiting')
  await update.where('execution_id', '=', executionId).execute()
  await update
    .where('execution_id', 'in', (eb) =>
      eb
        .selectFrom('task_executions as lead')
        .innerJoin('task_executions as e', (join) =>
          join.onRef('e.task_id', '=', 'lead.task_id').onRef('e.leader', '=', 'lead.row_number'),
        )
        .select('e.id')
        .where('lead.id', '=', executionId)
        .where('e.status', '=', 'succeeded'),
    )
    .execute()
}

function changes(result: FetchResult) {
  switch (result.kind) {
    case 'fetched':
      return { status: result.kind, sha256: result.sha256, size: result.size, error: null, ask_again: 0 }
    case 'failed':
      return { status: result.kind, ...errorColumns(result.error), ask_again: 0 }
  }
}

/** Failed files wait again, and Dify is asked for new links. @param rows default: all @returns how many */
export async function waitAgain(
  trx: Trx,
  taskId: string,
  { rows, now }: { rows?: number[] | undefined; now: number },
): Promise<number> {
  const update = trx
    .updateTable('output_files')
    .set({ status: 'waiting', error: null, tries: 0, ask_again: 1, at: now })
    .where('task_id', '=', taskId)
    .where('status', '=', 'failed')
    .where('position', '<=', MOST_FILES_OF_ROW)
  const updates = rows ? inChunks(rows).map((chunk) => update.where('row_number', 'in', chunk)) : [update]
  let files = 0
  for (const part of updates) files += Number((await part.executeTakeFirst()).numUpdatedRows)
  return files
}

/** Which of these hashes files of outputs have. @param hashes at most some thousand */
export async function findHashesOfOutputs(db: Db | Trx, hashes: string[]): Promise<string[]> {
  if (hashes.length === 0) return []
  const rows = await db
    .selectFrom('output_files')
    .select('sha256')
    .distinct()
    .where('sha256', 'in', hashes)
    .execute()
  return rows.flatMap(({ sha256 }) => (sha256 === null ? [] : [sha256]))
}

function toOutputFile(row: Selectable<OutputFileTable>): StoredOutputFile {
  return {
    executionId: row.execution_id,
    taskId: row.task_id,
    row: row.row_number,
    position: row.position,
    output: row.output,
    name: row.name,
    mimeType: row.mime_type,
    size: row.size,
    url: row.url,
    status: row.status,
    error: errorOf(row),
    sha256: row.sha256,
    askAgain: row.ask_again === 1,
    canBeFetched: row.position <= MOST_FILES_OF_ROW,
  }
}
