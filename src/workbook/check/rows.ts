import { SEVERITY, type Fault } from '../fault.ts'
import { sentence } from '../fault-text.ts'
import type { Limits } from '../limits.ts'
import type { Book } from '../read/book.ts'
import { columnName, shownText, type RawRow, type Value } from '../read/value.ts'
import type { CheckOptions, PreparedRow, Reading, ValueCell, ValueRow } from '../types.ts'
import { pad } from './check.ts'
import { feedingOf } from './feeding.ts'
import { fedColumns, isStopped, prepare, toCells } from './prepare.ts'
import { tooManyCells } from './ragged.ts'
import { neededColumns, RowChoice } from './row-choice.ts'
import { dataRows, openTable } from './table.ts'

/** Every data row in order, ready to run; if it cannot run, its faults as sentences. */
export async function* preparedRows(
  book: Book,
  options: CheckOptions,
  limits: Limits,
): AsyncGenerator<PreparedRow[]> {
  const { table, variables, match, rules, constants } = await feedingOf(book, options, limits)
  const ofSheet = [...table.faults, ...match.faults.map(({ fault }) => fault)]
    .filter(({ code }) => SEVERITY[code] === 'sheet')
    .map((fault) => ({ at: '', fault }))
  for (const { label, fault } of constants.faults)
    if (SEVERITY[fault.code] !== 'nothing') ofSheet.push({ at: label, fault })
  const fed = fedColumns(variables, match.mapping)
  const ready = (row: RawRow): PreparedRow => {
    const cells = toCells(row, fed, options.values, book.csv?.decimals)
    const shown = { row: row.row, cells: pad(cells, table.headings.length, null) }
    const { inputs, faults } = prepare(
      row,
      variables,
      match.mapping,
      rules,
      options.values,
      book.csv?.decimals,
    )
    faults.push(...tooManyCells(row, table, match.mapping))
    if (ofSheet.length === 0 && !isStopped(faults))
      return { ...shown, inputs: Object.assign(inputs, constants.inputs) }
    const ofCells = faults
      .filter(({ fault }) => SEVERITY[fault.code] === 'row')
      .map(({ fault, column }) => ({ at: `${columnName(column)}${row.row}`, fault }))
    const found = [...ofSheet, ...ofCells]
    return { ...shown, fault: found.map(said).join(' '), found }
  }
  const choice = new RowChoice(options, table, neededColumns(variables, match.mapping))
  for await (const batch of dataRows(table, limits, choice)) yield* chunks(batch, ready)
}

/** Every data row in order: bare values, or what the cells show if that is asked for. */
export async function* valueRows(
  book: Book,
  options: Reading & { sheet: string; headingRow: number; width: number },
): AsyncGenerator<ValueRow[]> {
  const table = await openTable(book, options)
  const cellOf = options.values === 'shown' ? toShownCell : toValueCell
  const plain = ({ row, cells }: RawRow) => ({ row, cells: pad(cells.map(cellOf), options.width, null) })
  for await (const batch of dataRows(table, {}, new RowChoice(options, table))) yield* chunks(batch, plain)
}

/** Rows are passed to the main thread in chunks, limited in rows and cells so that it never stalls. */
const CHUNK_ROWS = 1_000
const CHUNK_CELLS = 10_000
const CHUNK_CHARS = 500_000

function* chunks<T>(rows: RawRow[], make: (row: RawRow) => T): Generator<T[]> {
  let chunk: T[] = []
  let cells = 0
  let chars = 0
  for (const row of rows) {
    chunk.push(make(row))
    cells += row.cells.length
    for (const cell of row.cells) if (typeof cell === 'string') chars += cell.length
    if (chunk.length < CHUNK_ROWS && cells < CHUNK_CELLS && chars < CHUNK_CHARS) continue
    yield chunk
    chunk = []
    cells = chars = 0
  }
  if (chunk.length > 0) yield chunk
}

function said({ at, fault }: { at: string; fault: Fault }): string {
  const { message, hint } = sentence(fault)
  return [...(at === '' ? [] : [`${at}:`]), message, ...(hint ? [hint] : [])].join(' ')
}

function toValueCell(value: Value): ValueCell {
  if (typeof value !== 'object' || value === null) return value
  if ('picture' in value) return null
  if ('number' in value) return value.number
  return 'date' in value ? value.date : value
}

function toShownCell(value: Value): ValueCell {
  return typeof value === 'object' && value !== null && 'shown' in value
    ? shownText(value)
    : toValueCell(value)
}
