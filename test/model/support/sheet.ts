import type { UploadFile } from '../../../src/workbook/types.ts'
import { rowsXml, xlsx } from '../../workbook/support/xlsx.ts'

/*
 * A person's sheet, and what each of its rows sends: worked out here from the cells alone, by the words of the docs, and
 * not by any code of the product.
 */

export type SheetCell = string | number | null

/** By heading. */
export interface SheetRow {
  Name: SheetCell
  Features: SheetCell
  Tone: SheetCell
  Amount: SheetCell
  /** feeds no input */
  Note: SheetCell
}

export type Heading = keyof SheetRow

/** The same columns in other orders: the same sheet, to Rowbot. */
export const ORDERS: readonly Heading[][] = [
  ['Name', 'Features', 'Tone', 'Amount', 'Note'],
  ['Note', 'Amount', 'Name', 'Tone', 'Features'],
]

export function fileOf(rows: readonly SheetRow[], order: readonly Heading[], isCsv: boolean): UploadFile {
  const table = [[...order], ...rows.map((row) => order.map((heading) => row[heading]))]
  if (!isCsv) return { name: 'list.xlsx', bytes: xlsx({ data: rowsXml(table) }) }
  const lines = table.map((cells) => cells.map(quoted).join(','))
  return { name: 'list.csv', bytes: new TextEncoder().encode(`${lines.join('\r\n')}\r\n`) }
}

function quoted(cell: SheetCell): string {
  return cell === null ? '' : `"${String(cell).replaceAll('"', '""')}"`
}

/** What a row sends, as one text; undefined: it cannot run, because what is required is not there. */
export function sentBy(row: SheetRow, style: string | undefined): string | undefined {
  if (isEmpty(row.Name)) return undefined
  return asSent({
    name: String(row.Name),
    features: isEmpty(row.Features) ? null : String(row.Features),
    tone: isEmpty(row.Tone) ? null : String(row.Tone).toLowerCase(),
    amount: isEmpty(row.Amount) ? null : Number(row.Amount),
    style: style ?? null,
  })
}

function isEmpty(cell: SheetCell): boolean {
  return cell === null || String(cell).trim() === ''
}

/** The same text for the same inputs, whatever their order; an input that is not given is null at the server. */
export function asSent(inputs: Record<string, unknown>): string {
  const given = Object.entries(inputs).filter(([, value]) => value !== null)
  return JSON.stringify(given.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** The reverse of `asSent`. */
export function asInputs(sent: string): Record<string, unknown> {
  // `as`: asSent wrote it.
  return Object.fromEntries(JSON.parse(sent) as [string, unknown][])
}
