import { CHECK_SHEET } from '../../check/own-sheets.ts'
import { columnName } from '../../read/value.ts'
import { toCell } from '../to-cell.ts'
import { freeSheetId, insertBefore, withAttribute, xmlText } from '../carried/xml-text.ts'
import type { Check } from '../../types.ts'

/** The front sheet as XML; its first line and its headings are bold. */
export function frontSheet(
  lines: (string | number | boolean | null)[][],
  style: number,
  namespace: string,
): string {
  const columns = FRONT_WIDTHS.map(
    (width, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  )
  const rows = lines.map((line, i) => {
    const isBold = i === 0 || i === 4
    const cells = line.map((value, column) =>
      cellOf(value, columnName(column) + (i + 1), line.length > 1 ? style : 0, isBold),
    )
    return `<row r="${i + 1}">${cells.join('')}</row>`
  })
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<worksheet xmlns="${namespace}"><cols>${columns.join('')}</cols><sheetData>${rows.join('')}</sheetData></worksheet>`
}

/**
 * The workbook’s XML with one more sheet in front. Sheet indexes rise by one. The sheet that was selected is still
 * the only one: two selected sheets would be edited together.
 */
export function withFront(workbook: string, relationshipId: string, namespace: string): string {
  const sheet = `<sheet xmlns:r="${namespace}" name="${CHECK_SHEET}" sheetId="${freeSheetId(workbook)}" r:id="${relationshipId}"/>`
  const moved = workbook
    .replaceAll(
      /(\s(?:localSheetId|activeTab|firstSheet)=")(\d+)"/g,
      (_, name: string, place: string) => `${name}${Number(place) + 1}"`,
    )
    .replaceAll(/<workbookView\b[^>]*>/g, (view) =>
      /\sactiveTab=/.test(view) ? view : withAttribute(view, 'activeTab', 1),
    )
  const viewed = moved.includes('<workbookView')
    ? moved
    : insertBefore(moved, /<sheets\b/, '<bookViews><workbookView activeTab="1"/></bookViews>')
  const added = viewed?.replace(/<sheets\b[^>]*>/, (open) => open + sheet)
  if (added === undefined || added === viewed) throw new Error('the workbook has no list of sheets')
  return added
}

function cellOf(
  value: string | number | boolean | null,
  reference: string,
  style: number,
  isBold: boolean,
): string {
  if (value === null) return ''
  if (typeof value === 'number') return `<c r="${reference}" s="${style}"><v>${value}</v></c>`
  const text = `<t xml:space="preserve">${xmlText(String(value))}</t>`
  const inner = isBold ? `<r><rPr><b/><sz val="11"/><rFont val="Calibri"/></rPr>${text}</r>` : text
  return `<c r="${reference}" s="${style}" t="inlineStr"><is>${inner}</is></c>`
}

export const MARK_COLOUR = 'FFFFC7CE'
/** at the start of our comments, so that the next copy can remove them */
export const MARK_WORD = 'Rowbot: '

export const FRONT_WIDTHS = [40, 70, 60, 10]

/** The lines of a marked copy’s front sheet: what was found, most severe first, and what to do. */
export function frontLines(found: Check, about: string): (string | number | boolean | null)[][] {
  const left = found.rows - found.good
  const cells = (refs: string[], count: number) => refs.join(', ') + (count > refs.length ? ' …' : '')
  const lines: unknown[][] = [
    [`Check of “${found.sheet}”: ${found.good} of ${found.rows} rows can run, ${left} cannot.`],
    [about],
    ['Correct the marked cells, save, and send this file again. This sheet is never run.'],
    [],
    ['Cells', 'What is wrong', 'What to do', 'How many'],
    ...found.faults.map((group) => [
      cells(group.cells, group.count) || 'the sheet',
      group.message,
      group.hint ?? '',
      group.count,
    ]),
  ]
  if (found.faults.length === 0) lines.push(['Nothing is wrong.'])
  return lines.map((line) => line.map((value) => toCell(value).value))
}
