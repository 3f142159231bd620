import { setImmediate } from 'node:timers/promises'
import type { ExecutionStatus } from '../../engine/states.ts'
import type { RowOrder } from '../../engine/row-column.ts'
import { reviewedOutputs } from '../../engine/review.ts'
import { parseEdits, parseInputs, parseOutputs } from '../json.ts'
import type { Db } from '../schema.ts'
import { lastRow, WINDOW_ROWS } from './row-search.ts'

interface SortedOptions {
  /** only rows in these states; all if there are none */
  statuses?: ExecutionStatus[] | undefined
  /** only these rows */
  among?: ReadonlySet<number> | undefined
}

/**
 * Row numbers, sorted by what the order says: numbers by size, then texts whatever their case, and rows without a value
 * last in both directions; equal ones in the sheet’s order. Reads every row, so that no index has to be written with
 * each row that ends: a window at a time, and sorts no more than that at once either.
 */
export async function sortedRowNumbers(
  db: Db,
  taskId: string,
  order: RowOrder,
  { statuses = [], among }: SortedOptions = {},
): Promise<number[]> {
  const compare = comparing(order)
  const runs: SortedRow[][] = []
  const last = await lastRow(db, taskId)
  for (let from = 0; from < last; from += WINDOW_ROWS) {
    if (from > 0) await setImmediate()
    const entries = await entriesBetween(db, taskId, { order, statuses, from })
    const wanted = among ? entries.filter(({ row }) => among.has(row)) : entries
    if (wanted.length > 0) runs.push(wanted.sort(compare))
  }
  return (await merged(runs, compare)).map(({ row }) => row)
}

interface SortedRow {
  row: number
  /** undefined: the row has no value */
  key: number | string | undefined
}

interface SortedRowOptions {
  order: RowOrder
  statuses: ExecutionStatus[]
  from: number
}

async function entriesBetween(
  db: Db,
  taskId: string,
  { order: { by }, statuses, from }: SortedRowOptions,
): Promise<SortedRow[]> {
  let of = db
    .selectFrom('task_executions')
    .where('task_id', '=', taskId)
    .where('row_number', '>', from)
    .where('row_number', '<=', from + WINDOW_ROWS)
    .orderBy('row_number')
  if (statuses.length > 0) of = of.where('status', 'in', statuses)

  if (by === 'row') {
    const rows = await of.select('row_number').execute()
    return rows.map(({ row_number: row }) => ({ row, key: row }))
  }
  if (by === 'seconds') {
    const rows = await of.select(['row_number', 'seconds']).execute()
    return rows.map(({ row_number: row, seconds }) => ({ row, key: seconds ?? undefined }))
  }
  if (by === 'price') {
    const rows = await of.select(['row_number', 'price_nano']).execute()
    // Only compared: what a number cannot tell apart are billionths of a price of millions.
    return rows.map(({ row_number: row, price_nano: nano }) => ({
      row,
      key: nano === null ? undefined : Number(nano),
    }))
  }
  if (by.of === 'inputs') {
    const rows = await of.select(['row_number', 'inputs']).execute()
    return rows.map(({ row_number: row, inputs }) => ({ row, key: keyOf(parseInputs(inputs)[by.name]) }))
  }
  const rows = await of.select(['row_number', 'outputs', 'edited_outputs']).execute()
  return rows.map(({ row_number: row, outputs, edited_outputs: edited }) => {
    const given = outputs === null ? null : parseOutputs(outputs)
    const shown = edited === null ? given : reviewedOutputs(given, parseEdits(edited))
    return { row, key: keyOf(shown?.[by.name]) }
  })
}

/** Texts that begin alike for so long stay in the sheet’s order. */
const COMPARED_CHARS = 100

/** A text that is a number counts as one: cells of a sheet often are. */
function keyOf(value: unknown): number | string | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'number') return value
  const text = (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).trim()
  if (text === '') return undefined
  return NUMBER.test(text) ? Number(text) : text.slice(0, COMPARED_CHARS).toLowerCase()
}

const NUMBER = /^[-+]?\d{1,15}(?:\.\d+)?$/

function comparing({ isDescending }: RowOrder): (a: SortedRow, b: SortedRow) => number {
  const sign = isDescending ? -1 : 1
  return ({ key: a }, { key: b }) => {
    if (a === b) return 0
    if (a === undefined) return 1
    if (b === undefined) return -1
    if (typeof a !== typeof b) return typeof a === 'number' ? -sign : sign
    return a < b ? -sign : sign
  }
}

type Compare = (a: SortedRow, b: SortedRow) => number

/** Sorted runs into one, two by two; of equal ones, those of the earlier run come first. */
async function merged(runs: SortedRow[][], compare: Compare): Promise<SortedRow[]> {
  let rest = runs
  while (rest.length > 1) {
    const next: SortedRow[][] = []
    for (let i = 0; i < rest.length; i += 2) {
      next.push(mergedTwo(rest[i] ?? [], rest[i + 1] ?? [], compare))
      await setImmediate()
    }
    rest = next
  }
  return rest[0] ?? []
}

function mergedTwo(first: SortedRow[], second: SortedRow[], compare: Compare): SortedRow[] {
  const all: SortedRow[] = []
  let at = 0
  for (const entry of first) {
    for (let other = second[at]; other && compare(other, entry) < 0; other = second[++at]) all.push(other)
    all.push(entry)
  }
  return all.concat(second.slice(at))
}
