import ExcelJS from 'exceljs'
import { CHECK_SHEET } from '../check/table.ts'
import type { Limits } from '../limits.ts'
import { openBook, type Book, type SheetFacts } from '../read/book.ts'
import type { Check, UploadFile } from '../types.ts'
import { FRONT_WIDTHS, frontLines, MARK_COLOUR, MARK_WORD } from './front-sheet.ts'
import type { Mark } from './marked.ts'

/** What exceljs can hold without taking hundreds of megabytes: it makes an object for each cell. */
const MAX_VALUES = 200_000
const MAX_COVERED = 1_200_000
/** Parts that exceljs drops without a word. */
const DROPPED =
  /^xl\/(charts|chartsheets|pivottables|slicers|ctrlprops|activex|embeddings|threadedcomments)\//

/** The person's own workbook, formatting kept; null where what comes out does not read as what went in. */
export async function carryOver(
  file: UploadFile,
  book: Book,
  found: Check,
  marks: Mark[],
  limits: Limits,
): Promise<Uint8Array | null> {
  if (await isTooMuch(book)) return null
  const workbook = new ExcelJS.Workbook()
  // exceljs's types ask for a Buffer of an older shape; it takes any bytes.
  await workbook.xlsx.load(file.bytes as unknown as ExcelJS.Buffer)
  const sheet = workbook.getWorksheet(found.sheet)
  if (!sheet) return null
  unmark(sheet)
  for (const mark of marks) markCell(sheet.getCell(mark.row, mark.column + 1), mark.text)
  addFront(
    workbook,
    found,
    book.parts.some((part) => DROPPED.test(part)),
  )
  const bytes = new Uint8Array(await workbook.xlsx.writeBuffer())
  return (await isUnharmed(book, { name: file.name, bytes }, limits)) ? bytes : null
}

async function isTooMuch(book: Book): Promise<boolean> {
  let values = 0
  let covered = 0
  for (const sheet of book.sheets) {
    const facts: SheetFacts = {}
    for await (const _ of sheet.rows(facts)) continue
    values += facts.values ?? 0
    covered += facts.covered ?? 0
  }
  return values > MAX_VALUES || covered > MAX_COVERED
}

function markCell(cell: ExcelJS.Cell, text: string): void {
  const own = noteText(cell)
  // A style is shared by all cells that look alike: a new one, or they would all turn red.
  cell.style = { ...cell.style, fill: { type: 'pattern', pattern: 'solid', fgColor: { argb: MARK_COLOUR } } }
  cell.note = own ? `${own}\n${MARK_WORD}${text}` : MARK_WORD + text
}

/** Takes away what an earlier copy marked: the person has corrected it since, or it will be marked again. */
function unmark(sheet: ExcelJS.Worksheet): void {
  sheet.eachRow((row) => {
    row.eachCell((cell) => {
      const note = noteText(cell)
      const at = note.indexOf(MARK_WORD)
      if (at < 0) return
      const { fill: _, ...style } = cell.style
      cell.style = style
      const own = note.slice(0, at).trimEnd()
      if (own) cell.note = own
      else dropNote(cell)
    })
  })
}

/** exceljs can change a comment but not take one away: its getter reads this field, which its types do not have. */
function dropNote(cell: ExcelJS.Cell): void {
  ;(cell as ExcelJS.Cell & { _comment?: unknown })._comment = undefined
}

function noteText(cell: ExcelJS.Cell): string {
  // A cell without a comment has undefined here, whatever the types say.
  const note = cell.note as ExcelJS.Cell['note'] | undefined
  if (typeof note === 'string') return note
  return note?.texts?.map(({ text }) => text).join('') ?? ''
}

function addFront(workbook: ExcelJS.Workbook, found: Check, loses: boolean): void {
  const earlier = workbook.getWorksheet(CHECK_SHEET)
  if (earlier) workbook.removeWorksheet(earlier.id)
  const sheet = workbook.addWorksheet(CHECK_SHEET)
  sheet.columns = FRONT_WIDTHS.map((width) => ({ width }))
  const about = loses
    ? 'Your workbook, formatting kept; its charts, pivot tables and controls are not in this copy.'
    : 'Your workbook, formatting kept.'
  for (const line of frontLines(found, about)) {
    const row = sheet.addRow(line)
    row.alignment = { vertical: 'top', wrapText: line.length > 1 }
    if (row.number === 1 || row.number === 5) row.font = { bold: true }
  }
  putInFront(workbook, sheet)
}

/** exceljs keeps the order in a field that its types do not have. */
function putInFront(workbook: ExcelJS.Workbook, sheet: ExcelJS.Worksheet): void {
  const ordered = workbook.worksheets as (ExcelJS.Worksheet & { orderNo: number })[]
  for (const other of ordered) other.orderNo = other === sheet ? 0 : other.orderNo + 1
  workbook.views = [
    { x: 0, y: 0, width: 20_000, height: 12_000, firstSheet: 0, activeTab: 0, visibility: 'visible' },
  ]
}

/** exceljs misreads some workbooks: the copy is only given where our own reader sees the same values in it. */
async function isUnharmed(before: Book, copy: UploadFile, limits: Limits): Promise<boolean> {
  const after = await openBook(copy, limits)
  for (const sheet of before.sheets) {
    if (sheet.name === CHECK_SHEET) continue
    const twin = after.sheets.find(({ name }) => name === sheet.name)
    if (!twin || twin.hidden !== sheet.hidden) return false
    const [one, other] = await Promise.all([Array.fromAsync(sheet.rows()), Array.fromAsync(twin.rows())])
    if (!Bun.deepEquals(one.flat(), other.flat())) return false
  }
  return true
}
