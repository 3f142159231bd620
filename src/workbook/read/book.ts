import type { RawRow } from './value.ts'

/** An opened upload: sheets of rows, whatever the format. */
export interface Book {
  sheets: Sheet[]
  /** names of the parts of an .xlsx, in lower case; empty for CSV */
  parts: string[]
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
}

export interface SheetFacts {
  /** merged ranges, as `A2:A5` */
  merges?: string[]
  /** a CSV file’s text encoding, if it is a guess: `windows-1252` */
  guessedEncoding?: string
}
