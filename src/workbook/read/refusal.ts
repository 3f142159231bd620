import { UserError } from '../../engine/user-error.ts'

/** Every reason to refuse a file, with what to say: what the file is, and what to do. */
const REFUSALS = {
  empty: ['is empty (0 bytes)', 'Send it again; the upload may have been cut off.'],
  password: ['is password-protected', 'Save it without a password and send it again.'],
  html: [
    'is a web page, not a workbook',
    'Open it in Excel, choose Save As, “Excel Workbook (.xlsx)”, and send that. If it came from a link, check that the link needs no sign-in.',
  ],
  'xml-spreadsheet': [
    'is an XML file, not a workbook',
    'Open it in Excel, choose Save As, “Excel Workbook (.xlsx)”, and send that.',
  ],
  document: [
    'is a document, not a workbook',
    'Send an Excel workbook (.xlsx, .xls, .xlsb), an .ods or a CSV file.',
  ],
  numbers: ['is a Numbers file', 'In Numbers, choose File > Export To > Excel, and send that.'],
  text: [
    'is a text file by its content, not an Excel workbook',
    'If it is a table, name it .csv; otherwise save it as .xlsx and send that.',
  ],
  other: [
    'is neither a workbook nor a CSV file',
    'Send an Excel workbook (.xlsx, .xls, .xlsb), an .ods or a CSV file.',
  ],
  archive: ['is an archive without a workbook in it', 'Send the workbook or CSV file itself.'],
  corrupt: [
    'is damaged or cut short',
    'Open it in Excel, let it be repaired, save it as .xlsx and send it again.',
  ],
  doctype: [
    'has an XML document type, which no workbook needs and which can hide an attack',
    'Open it in Excel, save it as .xlsx and send that.',
  ],
  'file-too-large': ['is too large', 'Split it, or ask the person who runs Rowbot to raise the limit.'],
  'too-large-inside': [
    'unpacks to more than Rowbot takes',
    'Copy the rows into a new workbook, paste as values, and send that.',
  ],
  'too-many-cells': [
    'has more cells than Rowbot takes in a binary workbook',
    'Save it as “Excel Workbook (.xlsx)”, or delete the sheets that are not needed.',
  ],
  'too-many-rows': ['has too many rows', 'Split it into several workbooks.'],
  'too-many-columns': ['has too many columns', 'Delete the columns that are not needed.'],
  'cell-too-long': ['has a cell with too much text', 'Shorten it.'],
  'open-quote': ['has a quotation mark that is never closed', 'Close it, or double it if it is meant.'],
  'no-sheets': ['has no sheet with cells', 'Send a workbook with at least one worksheet.'],
} as const satisfies Record<string, readonly [what: string, todo: string]>

export type RefusalCode = keyof typeof REFUSALS

/** Thrown by the reader, which does not know the file’s name. */
export class FileRefusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly code: RefusalCode,
    /** where, or how much; shown in brackets */
    readonly detail = '',
  ) {
    super(detail ? `${code}: ${detail}` : code)
  }

  /** The message for the person who sent `fileName`. */
  toUserError(fileName: string): UserError {
    const [what, todo] = REFUSALS[this.code]
    const detail = this.detail ? ` (${this.detail})` : ''
    return new UserError(`“${shownName(fileName)}” ${what}${detail}.`, todo)
  }
}

/** Titles and headings, up to this many rows, do not count against the limit of rows. */
export const HEAD_ROWS = 100

export function tooManyRows(most: number): FileRefusal {
  return new FileRefusal('too-many-rows', `at most ${most.toLocaleString('en')} are taken`)
}

/** A file’s name for use in a sentence: without a path, on one line, and shortened. */
export function shownName(fileName: string): string {
  const name = fileName
    .replace(/^.*[/\\]/s, '')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return name.length > 80 ? `${name.slice(0, 79)}…` : name || 'The file'
}
