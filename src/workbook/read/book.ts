import type { RawRow } from './value.ts'

/** An opened upload: sheets of rows, whatever the format. */
export interface Book {
  sheets: Sheet[]
  /** names of the parts of an .xlsx, in lower case; empty for every other format */
  parts: string[]
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
  /** a CSV file’s text encoding, if it is a guess: `windows-1252` */
  guessedEncoding?: string
  /** the file is a web page whose only table was read */
  webPage?: boolean
}
