import type { Delimiter, TextEncoding } from '../types.ts'
import type { DecimalMarks } from './decimal-marks.ts'
import type { RawRow } from './value.ts'

/** An opened upload: sheets of rows, whatever the format. */
export interface Book {
  sheets: Sheet[]
  /** names of the parts of an .xlsx, in lower case; empty for CSV */
  parts: string[]
  /** only of a CSV file */
  csv?: CsvFacts
}

/** What had to be found out before a text was a table. */
export interface CsvFacts {
  encoding: TextEncoding
  delimiter: Delimiter
  decimals: DecimalMarks
}

export interface Sheet {
  name: string
  hidden: boolean
  /**
   * The rows that have a value, in order, in batches. May be called again.
   * @param facts filled in when the sheet has been read to its end
   */
  rows(facts?: SheetFacts): AsyncGenerator<RawRow[]>
}

export interface SheetFacts {
  /** merged ranges, as `A2:A5` */
  merges?: string[]
}
