import type { Constant } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Limits } from '../limits.ts'
import type { Book } from '../read/book.ts'
import type { CheckOptions } from '../types.ts'
import { type Constants, constantsSent, takeConstants, withoutConstants } from './constants.ts'
import type { CellFileRules } from './files.ts'
import { GivenFiles } from './given-files.ts'
import { labelled, matchHeadings, type Match } from './headings.ts'
import { matchFiles } from './match-files.ts'
import { pictureMarker } from './sheet-pictures.ts'
import { openTable, type SheetTable } from './table.ts'

/** The table of an upload, and what feeds each input: a column, or one value for all rows. */
export interface Feeding {
  table: SheetTable
  /** every variable has a label; one with a value for all rows, or its default, is not required of the rows */
  variables: Variable[]
  match: Match
  rules: CellFileRules & { files: GivenFiles }
  constants: Constants
  /** the same, and the defaults, as people read them */
  sent: Constant[]
}

/**
 * Opens the sheet of an upload, and finds out what feeds the inputs.
 * @throws UserError if there is no such sheet or column
 */
export async function feedingOf(book: Book, options: CheckOptions, limits: Limits): Promise<Feeding> {
  const all = labelled(options.variables)
  const { variables: asked, fed } = withoutConstants(all, options.constants)
  const { listsFiles = false } = book
  const sheetOptions = { ...options, ...(options.variables && { variables: asked }) }
  const table = await openTable(book, listsFiles ? { ...sheetOptions, ...OURS } : sheetOptions)
  const byHand = options.mapping ?? {}
  const match = listsFiles
    ? matchFiles(table.headings, asked, byHand, fed)
    : matchHeadings(table.headings, asked, byHand, fed)
  // An input with a column has what its cells say: an empty one of a required input stops its row.
  const variables = all.map((one, i) => (match.mapping[one.name] === null ? (asked[i] ?? one) : one))
  const rules = {
    fileHosts: limits.fileHosts,
    files: new GivenFiles(book.files ?? [], table.sheet.name),
    listsFiles,
    ...(options.fileLimits && { fileLimits: options.fileLimits }),
  }
  return {
    table: { ...table, markPictures: pictureMarker(variables, match.mapping, rules.files) },
    variables,
    match,
    rules,
    constants: takeConstants(all, match.mapping, options, rules),
    sent: constantsSent(all, match.mapping, options.constants),
  }
}

/** Where the headings are in a table that Rowbot made. */
const OURS = { headingRow: 1, headingRows: 1 } as const
