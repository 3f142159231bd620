import type { Place, Range } from './ranges.ts'
import type { NamedTable } from './sheet-parts.ts'
import type { RawRow } from './value.ts'

/** An opened upload: sheets of rows, whatever the format. */
export interface Book {
  sheets: Sheet[]
  /** names of the parts of an .xlsx, in lower case; empty for CSV */
  parts: string[]
  /** it has macros, which are never run */
  hasMacros?: true
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

export interface SheetFacts {
  merges?: Range[]
  /** cells whose values nobody sees, since they lie under merged ranges; they are not in the rows */
  covered?: Place[]
  /** cells on which pictures begin that lie over the sheet */
  pictures?: Place[]
  /** a CSV file’s text encoding, if it is a guess: `windows-1252` */
  guessedEncoding?: string
}
