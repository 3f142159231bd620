import type { Constant } from '../../engine/task.ts'
import { clip } from '../../messages/rich-text.ts'
import type { FaultCode } from '../../workbook/fault.ts'
import { sentFilesOf } from '../../files/pictures.ts'
import type { Check, FaultGroup, UploadFile } from '../../workbook/types.ts'

/** The check as lines: what was read, which columns feed which inputs, every fault. */
export function checkLines(upload: UploadFile, check: Check, withWorkflow: boolean): string[] {
  const { headingRow, headingRows } = check
  const headings = headingRows === 2 ? `rows ${headingRow} and ${headingRow + 1}` : `row ${headingRow}`
  const lines = [
    `${uploadLine(upload, check)}${upload.listsFiles ? '' : ` · headings in ${headings} · to row ${check.lastRow}`}`,
  ]
  const came = filesLine(upload)
  if (came !== undefined) lines.push(came)

  const others = check.sheets.filter(({ name }) => name !== check.sheet)
  if (others.length > 0)
    lines.push(
      `Other sheets: ${others.map(({ name, hidden }) => (hidden ? `${name} (hidden)` : name)).join(', ')}`,
    )
  const read = readLine(upload, check)
  if (read !== undefined) lines.push(read)
  if (withWorkflow) {
    for (const [variable, column] of Object.entries(check.mapping)) {
      lines.push(`  ${variable} ← ${fedBy(check, variable, column)}`)
    }
    if (check.unused.length > 0) lines.push(`Kept for the result, not sent: ${check.unused.join(', ')}`)
  } else {
    lines.push(`Columns: ${check.headings.join(', ')}`)
  }
  return [...lines, ...check.faults.map(faultLine)]
}

function fedBy({ headings, constants }: Check, variable: string, column: number | null): string {
  if (column !== null) return headings[column] ?? '–'
  const constant = constants.find(({ name }) => name === variable)
  return constant ? constantText(constant) : '–'
}

/** `formal (all rows)`, `formal (the workflow’s own default)` */
export function constantText({ text, isDefault }: Pick<Constant, 'text' | 'isDefault'>): string {
  const line = clip(text.replaceAll(/\s+/g, ' '), CONSTANT_CHARS)
  return `${line} (${isDefault ? 'the workflow’s own default' : 'all rows'})`
}

const CONSTANT_CHARS = 100

/** `orders.xlsx · Orders · 240 rows`; without a sheet, `pdfs · 40 rows, a file each` */
export function uploadLine({ name, listsFiles }: UploadFile, { sheet, rows }: Check): string {
  return listsFiles ? `${name} · ${rowsText(rows)}, a file each` : `${name} · ${sheet} · ${rowsText(rows)}`
}

/** How many files came along with a sheet. */
export function filesLine(upload: UploadFile): string | undefined {
  const files = sentFilesOf(upload)
  if (upload.listsFiles || files.length === 0) return undefined
  return files.length === 1 ? '1 file came along' : `${files.length.toLocaleString('en')} files came along`
}

/** How a CSV file was read: `Read as windows-1250, semicolon between cells`; if it is a guess, what else it may be. */
export function readLine({ listsFiles }: UploadFile, { encoding, delimiter }: Check): string | undefined {
  if (listsFiles || !encoding || !delimiter) return undefined
  const others = encoding.alternatives.map(({ label }) => label).filter((label) => label !== encoding.label)
  const doubt = encoding.sure ? '' : ` (a guess; or --encoding ${others.join(', ')})`
  return `Read as ${encoding.label}${doubt}, ${DELIMITER_NAMES[delimiter]} between cells`
}

const DELIMITER_NAMES = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const

/** `C7, C9 and 3 more: “friendly” is not one of formal, casual. Did you mean “casual”?`, `Choose the sheet to run: --sheet` */
export function faultLine({ code, cells, count, message, hint, input }: FaultGroup): string {
  const more = count > cells.length && cells.length > 0 ? ` and ${count - cells.length} more` : ''
  const place = input ?? cells.join(', ')
  const where = place === '' ? '' : `${place}${more}: `
  const option = OPTIONS[code]
  const todo = hint && option ? `${hint.replace(/\.$/, '')}: ${option}` : hint
  return `${where}${message}${todo ? ` ${todo}` : ''}`
}

/** The options for what a hint says. */
const OPTIONS: Partial<Record<FaultCode, string>> = {
  'missing-column': '--map, --set',
  'missing-value': '--set',
  'ambiguous-column': '--map',
  'near-column': '--map',
  'nothing-fed': '--map, --sheet, --heading-row',
  'which-file-input': '--map',
  'two-sheets': '--sheet',
  'rows-above': '--heading-row',
  'two-heading-rows': '--heading-row, --heading-rows',
  'too-many-cells': '--delimiter',
  'hidden-rows': '--only visible',
  'below-table': '--last-row',
  'guessed-encoding': '--encoding',
}

export function rowsText(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en')} rows`
}
