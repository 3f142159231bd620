import type { RawRow } from './value.ts'

/** An upload, opened: whatever it was, it now is sheets of rows. */
export interface Book {
  sheets: Sheet[]
  /** names of the parts of an .xlsx, in lower case; none for CSV */
  parts: string[]
}

export interface Sheet {
  name: string
  hidden: boolean
  /**
   * The rows that have a value, in their order, in batches; can be called again.
   * @param facts filled with what the sheet tells beside its rows, when it has been read to its end
   */
  rows(facts?: SheetFacts): AsyncGenerator<RawRow[]>
}

export interface SheetFacts {
  /** merged ranges, as `A2:A5` */
  merges?: string[]
  /** how the text of a CSV file was taken, where that is a guess: `windows-1252` */
  guessedEncoding?: string
}
