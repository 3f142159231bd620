import type { Sheet } from '../read/book.ts'
import { shownText, type RawRow } from '../read/value.ts'

// Sheets that Rowbot wrote for people to read: never the one to run, unless a person asks for it.

/** The sheet that we put in front of a marked copy. */
export const CHECK_SHEET = 'Rowbot check'

/** In the guide and on the front of a marked copy. */
const NEVER_RUN = 'This sheet is never run.'
const GUIDE_HEADINGS = ['Example', 'What it takes', 'If left empty']
const RESULT = { sheet: 'Results', headings: ['status', 'attempts', 'run id'], summary: 'Summary' }
/** In the person’s own workbook, which may have come back several times. */
const OWN_SUMMARY = { sheet: /^Rowbot(?: \(\d+\))?$/, label: 'Workflow' }
const LONG_TEXTS = { sheet: /^Long texts(?: \(\d+\))?$/, headings: ['row', 'column', 'part', 'text'] }

/** A sheet and its first rows. */
interface Head {
  sheet: Sheet
  head: RawRow[]
}

export function isOurs({ sheet, head }: Head, all: Head[]): boolean {
  if (sheet.isGuide || sheet.name === CHECK_SHEET) return true
  if (sheet.name === RESULT.summary)
    return all.some((other) => other.sheet.name === RESULT.sheet && hasHeadings(other.head, RESULT.headings))
  if (OWN_SUMMARY.sheet.test(sheet.name))
    return head.some(({ cells }) => textAt(cells[0]) === OWN_SUMMARY.label)
  if (LONG_TEXTS.sheet.test(sheet.name)) return hasHeadings(head.slice(0, 1), LONG_TEXTS.headings)
  return hasHeadings(head, GUIDE_HEADINGS) || head.some(({ cells }) => textAt(cells[0]).endsWith(NEVER_RUN))
}

function hasHeadings(head: RawRow[], headings: string[]): boolean {
  return head.some(({ cells }) => {
    const texts = new Set(cells.map(textAt))
    return headings.every((heading) => texts.has(heading))
  })
}

function textAt(cell: RawRow['cells'][number] | undefined): string {
  return shownText(cell ?? null).trim()
}
