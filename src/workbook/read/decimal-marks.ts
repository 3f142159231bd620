import type { Delimiter } from '../types.ts'
import type { RawRow } from './value.ts'

/**
 * What stands before the decimals in a column: `doubtful` where its numbers disagree, `likely-comma` where none has
 * decimals but the file is divided by semicolons, as programs do where the comma is taken.
 */
export type DecimalMark = 'point' | 'comma' | 'likely-comma' | 'doubtful'

/** The mark of each column, by its index. */
export type DecimalMarks = (column: number) => DecimalMark

/** Only so many rows are examined. */
const SAMPLE_ROWS = 1_000

interface Evidence {
  comma: number
  point: number
}

/** Decides by the numbers of the column itself; if they say nothing, by those of the whole file, then its delimiter. */
export function decimalMarks(rows: Iterable<RawRow>, delimiter: Delimiter): DecimalMarks {
  const columns: Evidence[] = []
  let seen = 0
  for (const { cells } of rows) {
    if (++seen > SAMPLE_ROWS) break
    cells.forEach((cell, column) => {
      if (typeof cell !== 'string' || cell.length > 30) return
      const mark = markOf(cell.trim())
      if (mark) (columns[column] ??= { comma: 0, point: 0 })[mark]++
    })
  }
  const file = columns.reduce(
    (sum, { comma, point }) => ({ comma: sum.comma + comma, point: sum.point + point }),
    { comma: 0, point: 0 },
  )
  const otherwise = decided(file) ?? (delimiter === ';' ? 'likely-comma' : 'point')
  return (column) => decided(columns[column]) ?? (otherwise === 'doubtful' ? 'likely-comma' : otherwise)
}

function decided({ comma, point }: Evidence = { comma: 0, point: 0 }): DecimalMark | undefined {
  if (comma > 0 && point > 0) return 'doubtful'
  if (comma > 0) return 'comma'
  return point > 0 ? 'point' : undefined
}

const NUMBER = /^[+−-]?(\d+(?:[.,\s'’]\d{3})*)([.,])(\d+)$/

/** The decimal mark that a number must have been written with; undefined for `1.234`, which may be a thousand. */
function markOf(text: string): 'comma' | 'point' | undefined {
  const [, whole = '', mark, decimals = ''] = NUMBER.exec(text) ?? []
  if (mark === undefined || whole.includes(mark)) return undefined
  const thousands = decimals.length === 3 && /^[1-9]\d{0,2}$/.test(whole)
  return thousands ? undefined : mark === ',' ? 'comma' : 'point'
}
