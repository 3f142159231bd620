import type { Variable } from '../../engine/workflow.ts'
import type { Book, Sheet } from '../read/book.ts'
import { FileRefusal } from '../read/refusal.ts'
import { shownText, type RawRow } from '../read/value.ts'
import type { Reading } from '../types.ts'
import { findHeadingRow, headOf } from './heading-row.ts'
import { fedByName, fedNearly } from './headings.ts'
import { isOurs } from './own-sheets.ts'
import { isBlank } from './prepare.ts'

export interface TableOptions extends Pick<Reading, 'sheet' | 'headingRow' | 'headingRows'> {
  variables?: Variable[]
}

/** A sheet that may be the one to run, and how well it fits. */
interface Candidate {
  sheet: Sheet
  head: RawRow[]
  isWhole: boolean
  fed: number
  /** inputs that it would feed if what is proposed were accepted; 0 if a required one had no column even then */
  fedNearly: number
  /** these two decide between sheets that feed as many inputs */
  isOnTop: boolean
  hasRows: boolean
}

/** The sheet that fits best, and the ones that fit as well. */
export async function bestSheet(
  book: Book,
  options: TableOptions,
): Promise<{ best: Candidate; rivals: Candidate[] }> {
  const visible = await candidatesIn(
    book.sheets.filter(({ hidden }) => !hidden),
    options,
  )
  const { candidates, refusal } =
    visible.candidates.length > 0 ? visible : await candidatesIn(book.sheets, options)
  const [best] = candidates.toSorted(
    (a, b) => Number(fits(b)) - Number(fits(a)) || b.fed - a.fed || (a.fed > 0 ? isTable(b) - isTable(a) : 0),
  )
  // The sheet that cannot be read may be the one to run.
  if (refusal && !(best && fits(best))) throw refusal
  if (!best) throw new FileRefusal('no-sheets')
  const rivals = candidates.filter(
    (one) => one !== best && (isEqual(one, best) || (fits(best) && isNearlyMore(one, best))),
  )
  return { best, rivals }
}

function isEqual(one: Candidate, best: Candidate): boolean {
  return fits(one) && one.fed === best.fed && isTable(one) === isTable(best)
}

/** The list behind a drop-down may have the name of the only required input, and the data “Product name” and the rest. */
function isNearlyMore(one: Candidate, best: Candidate): boolean {
  return !fits(one) && one.fedNearly > best.fedNearly && isTable(one) === 1
}

function fits({ isWhole, fed }: Candidate): boolean {
  return isWhole && fed > 0
}

function isTable({ isOnTop, hasRows }: Candidate): number {
  return Number(isOnTop && hasRows)
}

async function candidatesIn(
  sheets: Sheet[],
  options: TableOptions,
): Promise<{ candidates: Candidate[]; refusal?: FileRefusal }> {
  const heads: { sheet: Sheet; head: RawRow[] }[] = []
  let refusal: FileRefusal | undefined
  for (const sheet of sheets) {
    try {
      heads.push({ sheet, head: await headOf(sheet, options.headingRow) })
    } catch (error) {
      if (!(error instanceof FileRefusal)) throw error
      refusal ??= error
    }
  }
  const candidates = heads
    .filter(({ head }) => head.some(({ cells }) => !cells.every(isBlank)))
    .filter((one) => !isOurs(one, heads))
    .map(({ sheet, head }) => candidateOf(sheet, head, options))
  return { candidates, ...(refusal && { refusal }) }
}

function candidateOf(sheet: Sheet, head: RawRow[], options: TableOptions): Candidate {
  const { variables = [] } = options
  const found = findHeadingRow(head, variables)
  const headingRow = options.headingRow ?? found.row
  const headings = head.find(({ row }) => row === headingRow)?.cells.map(shownText) ?? []
  return {
    sheet,
    head,
    ...fedByName(headings, variables),
    fedNearly: fedNearly(headings, variables),
    isOnTop: found.above === 0,
    hasRows: options.headingRow !== undefined || head.some(({ row }) => row > headingRow),
  }
}
