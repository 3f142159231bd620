import { attribute } from '../../read/xml.ts'
import { CannotCarry } from '../carried/cannot-carry.ts'
import type { Package } from '../carried/package.ts'
import { type Area, areaOf } from './area.ts'
import { LAST_COLUMN, type Survey } from './survey.ts'

/** Where the added columns go. Columns are counted from 1. */
export interface ColumnPlace {
  first: number
  last: number
  /** the last column of the person’s table, whose style the added ones have */
  beside: number
  /** the part of the Excel table that grows by these columns */
  table?: string
  /** the right edge of the sheet’s filter, if it is to grow by these columns */
  filter?: number
}

interface ExcelTable {
  part: string
  area: Area
  /** its headings are ordinary ones, and no other program fills its columns */
  canGrow: boolean
}

/**
 * To the right of the person’s table; if something is there, to the right of everything in the sheet.
 * @param part the sheet’s
 * @param width columns of the person’s table
 * @param count columns to add
 * @throws CannotCarry if Excel has not so many columns
 */
export function placeFor(
  pack: Package,
  part: string,
  survey: Survey,
  { headingRow, width, count }: { headingRow: number; width: number; count: number },
): ColumnPlace {
  const { autoFilter } = survey
  const related = pack.relationships(part)
  const tables = survey.tables.map((id) => tableIn(pack, related.get(id)?.target))
  const own = tables.find(({ area }) => area.top === headingRow && area.left <= width && area.right >= width)
  const beside = own?.area.right ?? width
  const floating = survey.drawing === undefined ? [] : floatingIn(pack, related.get(survey.drawing)?.target)
  const others = [
    ...tables.filter((table) => table !== own).map(({ area }) => area),
    ...floating,
    ...(autoFilter && autoFilter.right > beside && autoFilter.top !== headingRow ? [autoFilter] : []),
  ].filter(({ bottom }) => bottom >= headingRow)
  const isFree = (first: number, last: number) => {
    for (let column = first; column <= last; column++) if (survey.used.has(column)) return false
    return others.every(({ left, right }) => right < first || left > last)
  }
  const isBeside = isFree(beside + 1, beside + count)
  const first =
    (isBeside ? beside : Math.max(beside, survey.lastUsed, ...others.map(({ right }) => right))) + 1
  const last = first + count - 1
  if (last > LAST_COLUMN) throw new CannotCarry('its sheet has no room for more columns', 'no-room')
  // A filter may be wider than the table, with blank columns at its right, or over the whole row.
  const grows = isBeside && autoFilter?.top === headingRow && autoFilter.right >= beside
  return {
    first,
    last,
    beside,
    ...(isBeside && own?.canGrow && { table: own.part }),
    ...(grows && autoFilter.right < last && { filter: autoFilter.right }),
  }
}

function tableIn(pack: Package, part: string | undefined): ExcelTable {
  const tag = part === undefined ? undefined : /<(?:[\w.-]+:)?table\b[^>]*>/.exec(pack.text(part))?.[0]
  const area = areaOf(attribute(tag ?? '', 'ref'))
  if (part === undefined || tag === undefined || !area)
    throw new CannotCarry('one of its tables is damaged', 'damaged')
  const type = attribute(tag, 'tableType') ?? 'worksheet'
  return { part, area, canGrow: type === 'worksheet' && (attribute(tag, 'headerRowCount') ?? '1') === '1' }
}

/** English Metric Units in a column of the usual width */
const COLUMN_EMU = 609_600
const ROW_EMU = 190_500

/** Where charts and pictures lie over cells: nobody wants to look for a column under a chart. */
function floatingIn(pack: Package, part: string | undefined): Area[] {
  if (part === undefined) throw new CannotCarry('its drawing is missing', 'damaged')
  const anchors = pack
    .text(part)
    .matchAll(/<(?:[\w.-]+:)?(?:twoCell|oneCell)Anchor\b[\s\S]*?<\/(?:[\w.-]+:)?(?:twoCell|oneCell)Anchor>/g)
  return [...anchors].flatMap(([text]) => {
    const from = cornerIn(text, FIRST_CORNER)
    if (!from) return []
    const to = cornerIn(text, LAST_CORNER)
    const [, wide = '0', high = '0'] =
      /<(?:[\w.-]+:)?ext\b[^>]*\scx="(\d+)"[^>]*\scy="(\d+)"/.exec(text) ?? []
    return {
      left: from.column,
      top: from.row,
      right: to?.column ?? from.column + Math.ceil(Number(wide) / COLUMN_EMU),
      bottom: to?.row ?? from.row + Math.ceil(Number(high) / ROW_EMU),
    }
  })
}

const FIRST_CORNER = /<(?:[\w.-]+:)?from>([\s\S]*?)<\/(?:[\w.-]+:)?from>/
const LAST_CORNER = /<(?:[\w.-]+:)?to>([\s\S]*?)<\/(?:[\w.-]+:)?to>/

function cornerIn(text: string, corner: RegExp): { column: number; row: number } | undefined {
  const inside = corner.exec(text)?.[1]
  const column = /<(?:[\w.-]+:)?col>\s*(\d+)/.exec(inside ?? '')?.[1]
  const row = /<(?:[\w.-]+:)?row>\s*(\d+)/.exec(inside ?? '')?.[1]
  return column === undefined || row === undefined
    ? undefined
    : { column: Number(column) + 1, row: Number(row) + 1 }
}
