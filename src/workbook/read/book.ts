import type { GivenFile } from '../../engine/files.ts'
import type { Delimiter, TextEncoding } from '../types.ts'
import type { DecimalMarks } from './decimal-marks.ts'
import type { CellPlace, CellRange } from './ranges.ts'
import type { NamedTable } from './sheet-parts.ts'
import type { RawRow } from './value.ts'

/** An opened upload: sheets of rows, whatever the format. */
export interface Book {
  sheets: Sheet[]
  /** names of the parts of an .xlsx, in lower case; empty for every other format */
  parts: string[]
  /** it has macros, which are never run */
  hasMacros?: true
  /** only of a CSV file */
  csv?: CsvFacts
  /** that came along with it */
  files?: GivenFile[]
  /** Rowbot made it, with a row for each of the files */
  listsFiles?: boolean
}

/** What had to be found out before a text was a table. */
export interface CsvFacts {
  encoding: TextEncoding
  delimiter: Delimiter
  decimals: DecimalMarks
}

/** A name in the workbook that marks the guide of a template: it stays with the sheet, whatever that is renamed to. */
export const GUIDE_NAME = 'RowbotGuide'

export interface Sheet {
  name: string
  hidden: boolean
  /** the guide of a template of ours, by a mark in the file */
  isGuide?: boolean
  /**
   * The rows that have a value, in order, in batches. May be called again.
   * @param facts filled in when the sheet has been read to its end
   */
  rows(facts?: SheetFacts): AsyncGenerator<RawRow[]>
  /** the tables that the file describes as such; absent where a format has none */
  tables?(): NamedTable[]
}

/** A picture, or several that belong together, that lies over the sheet and begins on a cell. */
export interface PicturesOver extends CellPlace {
  count: number
}

export interface SheetFacts {
  merges?: CellRange[]
  /** cells whose values nobody sees, since they lie under merged ranges; they are not in the rows */
  covered?: CellPlace[]
  /** cells on which pictures begin that lie over the sheet */
  pictures?: PicturesOver[]
  /** the file is a web page whose only table was read */
  webPage?: boolean
}
