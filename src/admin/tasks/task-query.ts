import type { RowColumn, RowOrder } from '../../engine/row-column.ts'
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { errorKey } from '../../db/rows/failed-rows.ts'
import { EXECUTION_MOVES, type ExecutionStatus } from '../../engine/states.ts'

export const ROWS_A_PAGE = 50
export const LOGS_A_PAGE = 30
const MAX_PAGE = 100_000

const page = z.coerce.number().int().min(1).max(MAX_PAGE).optional().catch(undefined)

// People may edit this in the address bar: an invalid value is ignored.
export const TASK_QUERY = z.object({
  rows: z.string().optional().catch(undefined),
  /** key of an error group */
  error: z
    .string()
    .regex(/^[\w-]{16}$/)
    .optional()
    .catch(undefined),
  find: z.string().max(200).optional().catch(undefined),
  /** the column that `find` looks in: `inputs.tone`, `outputs.text`; absent: in all of them */
  in: z
    .string()
    .regex(/^(inputs|outputs)\../s)
    .max(210)
    .optional()
    .catch(undefined),
  /** `seconds`, `price`, `inputs.tone`, `outputs.text`; `-` before it: from the largest to the smallest. Also `-row` */
  sort: z
    .string()
    .regex(/^-(?:row|seconds|price)$|^(?:seconds|price)$|^-?(?:inputs|outputs)\../s)
    .max(211)
    .optional()
    .catch(undefined),
  page,
  log: page,
})
export type TaskQuery = z.output<typeof TASK_QUERY>

export type RowsShown = ExecutionStatus | 'left-out' | 'flagged' | 'reviewed' | undefined

const STATUSES = Object.keys(EXECUTION_MOVES) as ExecutionStatus[] // `as`: EXECUTION_MOVES has every state as a key

export function rowsShown({ rows }: TaskQuery): RowsShown {
  return rows === 'left-out' || rows === 'flagged' || rows === 'reviewed'
    ? rows
    : STATUSES.find((status) => status === rows)
}

/** The column that the search looks in. */
export function columnSearched({ in: column }: TaskQuery): RowColumn | undefined {
  return column === undefined ? undefined : columnOf(column)
}

/** The order of the rows; undefined: the sheet’s. */
export function orderOf({ sort }: TaskQuery): RowOrder | undefined {
  if (sort === undefined) return undefined
  const isDescending = sort.startsWith('-')
  const by = isDescending ? sort.slice(1) : sort
  return { by: by === 'row' || by === 'seconds' || by === 'price' ? by : columnOf(by), isDescending }
}

/** `inputs.tone`, as in a URL. */
export function columnKey({ of, name }: RowColumn): string {
  return `${of}.${name}`
}

function columnOf(key: string): RowColumn {
  const at = key.indexOf('.')
  return { of: key.slice(0, at) === 'inputs' ? 'inputs' : 'outputs', name: key.slice(at + 1) }
}

/** A short key for an error group, for use in a URL. */
export function groupKey(message: string): string {
  return createHash('sha256').update(errorKey(message)).digest('base64url').slice(0, 16)
}

/** The URL of a task, or of a part of it, with a changed filter. */
export function taskPath(
  id: string,
  query: TaskQuery,
  change: Partial<Record<keyof TaskQuery, string | number | undefined>> = {},
  part: '' | '/rows' | '/log' | `/rows/${number}${'' | '/keep' | '/reset' | '/edit' | '/inputs'}` = '',
): string {
  const next = { ...query, ...change }
  const params = new URLSearchParams()
  for (const key of ['rows', 'error', 'find', 'in', 'sort', 'page', 'log'] as const) {
    const value = next[key]
    const isFirst = value === 1 && (key === 'page' || key === 'log')
    if (value !== undefined && value !== '' && !isFirst) params.set(key, String(value))
  }
  const text = params.toString()
  return `/batch/${id}${part}${text === '' ? '' : `?${text}`}`
}

/** What a row’s panel keeps of the sheet that it is opened from: which rows come before and after it. */
export function besideOf({ rows, error, find, in: column, sort }: TaskQuery): TaskQuery {
  return { rows, error, find, in: column, sort }
}

/** Where a file that came along with the task’s upload can be downloaded, by its hash. */
export function fileAddress(taskId: string): (sha256: string) => string {
  return (sha256) => `/batch/${encodeURIComponent(taskId)}/files/${sha256}`
}
