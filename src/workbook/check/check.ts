import type { Constant } from '../../engine/task.ts'
import type { Limits } from '../limits.ts'
import type { Book, SheetFacts } from '../read/book.ts'
import { columnName, type RawRow } from '../read/value.ts'
import { Tally } from './tally.ts'
import type { Cell, Check, CheckOptions } from '../types.ts'
import { isMergedOver } from './heading-levels.ts'
import { feedingOf } from './feeding.ts'
import type { Match } from './headings.ts'
import { fedColumns, isStopped, prepare, toCells, type CellFault } from './prepare.ts'
import { tooManyCells } from './ragged.ts'
import { columnsNamed } from './named-columns.ts'
import { neededColumns, RowChoice } from './row-choice.ts'
import { SameRows } from './same-rows.ts'
import { noteFacts, noteFiles, noteRow } from './sheet-notes.ts'
import { UnlikeRows } from './unlike-rows.ts'
import { countRows, dataRows, firstRow, type SheetTable } from './table.ts'

const PREVIEW_ROWS = 10

/** Checks every row against every variable, in one pass. `onFault` receives each fault, without a limit. */
export async function check(
  book: Book,
  options: CheckOptions,
  limits: Limits,
  onFault: (row: number, fault: CellFault) => void = () => {},
): Promise<Check> {
  const { table, match, rules, constants, sent, ...feeding } = await feedingOf(book, options, limits)
  const variables = options.variables && feeding.variables
  const tally = new Tally()
  for (const fault of table.faults) tally.add(fault)
  for (const { fault, column } of match.faults) {
    tally.add(fault, column === undefined ? undefined : columnName(column) + table.headingRow)
  }
  for (const { label, fault } of constants.faults) tally.addConstant(fault, label)
  const facts: SheetFacts = {}
  columnsNamed(settled(options).key ?? [], table.headings) // refuses unknown ones
  const needed = neededColumns(variables ?? [], match.mapping)
  const choice = new RowChoice(settled(options), table, needed, (row, code) =>
    tally.add({ code }, String(row)),
  )
  const found = { rows: 0, good: 0, preview: [] as RawRow[], width: table.headings.length }
  const unlike = new UnlikeRows(table.headings)
  const same = new SameRows(options.earlier)
  const fed = fedColumns(variables ?? [], match.mapping)
  const shown = (row: RawRow) => toCells(row, fed, options.values, book.csv?.decimals)
  for await (const batch of dataRows(table, limits, choice, facts)) {
    for (const row of batch) {
      const prepared = variables
        ? prepare(row, variables, match.mapping, rules, options.values, book.csv?.decimals)
        : undefined
      const faults = prepared?.faults ?? unreadable(row, table)
      faults.push(...tooManyCells(row, table, match.mapping))
      const runs = !isStopped(faults)
      found.rows++
      if (runs) found.good++
      if (runs && prepared) {
        const cells = () => pad(shown(row), table.headings.length, null)
        same.add(Object.assign(prepared.inputs, constants.inputs), cells)
      }
      if (variables && !book.listsFiles) unlike.add(row, runs)
      if (found.preview.length < PREVIEW_ROWS) found.preview.push(row)
      found.width = Math.max(found.width, row.cells.length)
      noteRow(tally, row, faults)
      for (const cellFault of faults) {
        tally.add(cellFault.fault, columnName(cellFault.column) + row.row)
        onFault(row.row, cellFault)
      }
    }
  }
  if (found.rows === 0) tally.add({ code: 'no-rows' })
  const { lastRow } = choice
  noteFacts(tally, book, facts, { headingRow: firstRow(table) - 1, lastRow, files: rules.files })
  const isGrouped = isMergedOver(found.preview[0], table.headingRow, facts.merges)
  if (isGrouped && variables && table.groups === undefined && !table.isChosen)
    tally.add({ code: 'two-heading-rows', row: table.headingRow, next: table.headingRow + 1 })
  if (variables && !tally.isStopped) noteFiles(tally, rules.files, book.listsFiles === true)
  if (!tally.isStopped) for (const row of unlike.found()) tally.add({ code: 'unlike-row' }, String(row))
  const groups = table.groups ?? (isGrouped ? table.headingRow : undefined)
  return report(book, { ...table, groups }, match, { ...found, same, lastRow, sent }, tally, shown)
}

/** While neither the workflow nor the sheet is known, the sheet may be another one than the columns named are of. */
function settled(options: CheckOptions): CheckOptions {
  const isSettled = options.variables !== undefined || options.sheet !== undefined
  return isSettled ? options : { ...options, where: [], key: [] }
}

/** Without a workflow, only cells that could not be read are faults. */
function unreadable(row: RawRow, table: SheetTable): CellFault[] {
  const faults: CellFault[] = []
  row.cells.forEach((value, column) => {
    if (typeof value !== 'object' || value === null) return
    const label = table.headings[column] || columnName(column)
    if ('error' in value) faults.push({ fault: { code: 'error-cell', label, value: value.error }, column })
    else if ('uncalculated' in value) faults.push({ fault: { code: 'uncalculated', label }, column })
  })
  return faults
}

async function report(
  book: Book,
  table: SheetTable,
  match: Match,
  found: {
    rows: number
    good: number
    same: SameRows
    preview: RawRow[]
    width: number
    lastRow: number
    sent: Constant[]
  },
  tally: Tally,
  cellsOf: (row: RawRow) => Cell[],
): Promise<Check> {
  const sheets: Check['sheets'] = []
  for (const sheet of book.sheets) {
    const rows = sheet === table.sheet ? found.rows : await countRows(sheet)
    sheets.push({ name: sheet.name, hidden: sheet.hidden, rows })
  }
  const headings = pad(table.headings, found.width, '')
  const faults = tally.groups()
  return {
    sheets,
    sheet: table.sheet.name,
    headingRow: table.headingRow,
    headingRows: table.headingRows,
    groupRow: table.groups ?? null,
    lastRow: found.lastRow,
    headings,
    rows: found.rows,
    good: faults.some(({ fatal }) => fatal) ? 0 : found.good,
    equal: found.same.equal,
    ...(found.same.seen && { seen: found.same.seen }),
    preview: found.preview.map((row) => ({ row: row.row, cells: pad(cellsOf(row), found.width, null) })),
    mapping: match.mapping,
    proposals: match.proposals,
    constants: found.sent,
    unused: match.unused,
    faults,
    ...(book.csv && { encoding: book.csv.encoding, delimiter: book.csv.delimiter }),
  }
}

/** Extends a list to `length` with `filler`. */
export function pad<T>(items: T[], length: number, filler: T): T[] {
  const missing = length - items.length
  return missing > 0 ? [...items, ...Array<T>(missing).fill(filler)] : items
}
