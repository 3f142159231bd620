import type { GivenFile } from '../engine/files.ts'
import type { PicturePlace } from '../engine/sheet-pictures.ts'
import type { Cell, Constant, FoundFault, Inputs } from '../engine/task.ts'
import type { App, Variable } from '../engine/workflow.ts'
import type { FaultCode } from './fault.ts'

export interface UploadFile {
  /** the person’s name for the file: only for display; its extension is only a hint at the format */
  name: string
  bytes: Uint8Array
  /** that came along with it: its cells may name them */
  files?: GivenFile[]
  /** nobody sent this table; Rowbot made it, with a row for each of the files: see files/table-of-files.ts */
  listsFiles?: boolean
}

/** A picture that is in a workbook once, whatever number of cells show it. */
export interface SheetPicture {
  /** of its part: `image1.png` */
  name: string
  bytes: Uint8Array
  /** at least one */
  places: PicturePlace[]
}

/** Which column feeds which variable: variable name → index into `headings`; null: leave it empty. */
export type Mapping = Record<string, number | null>

/** How a file is to be read: all that a person can change in the check step. Rowbot decides what is absent. */
export interface Reading {
  /** default: the visible sheet that feeds the most inputs */
  sheet?: string
  /** the heading row, from 1; by default it is detected, see `headingRow` of the result */
  headingRow?: number
  /** 2: the headings are in two rows, the heading row and the one below it, as “Price / EUR”; default: 1 */
  headingRows?: 1 | 2
  /** the last row of the table, from 1: rows below it are left out */
  lastRow?: number
  /** which of the rows below the headings; default: all of them */
  rows?: 'visible' | RowRange[]
  /** of those, only the rows that fulfil all of these; default: all */
  where?: RowCondition[]
  /** headings or letters of the columns that name a row, so that it is recognized once its other cells have changed; empty: found */
  key?: string[]
  /** what is sent for a cell with a number format: what it shows (default), or its value */
  values?: 'shown' | 'raw'
  /** of a CSV file: a label of the Encoding Standard, such as `gb18030` */
  encoding?: string
  /** of a CSV file */
  delimiter?: Delimiter
}

/** Row numbers in the person’s sheet, from 1, both included. */
export interface RowRange {
  from: number
  to: number
}

/** What a cell of a row must show, or must not. */
export interface RowCondition {
  /** its heading, or its letters */
  column: string
  /** false: it must show anything but the value */
  is: boolean
  /** empty: an empty cell */
  value: string
}

export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** How the bytes of a CSV file were read as text. */
export interface TextEncoding {
  /** a label of the Encoding Standard */
  label: string
  /** false: others are nearly as likely, and a person should look */
  sure: boolean
  /** the ways to read it, the one in use first, at most 5; empty if there is no doubt at all, as with UTF-8 */
  alternatives: {
    label: string
    /** the first lines that differ between encodings, at most 3 of at most 80 characters */
    sample: string[]
  }[]
}

export interface CheckOptions extends Reading {
  /** absent: only read */
  variables?: Variable[]
  /** chosen by hand; takes precedence over automatic mapping */
  mapping?: Mapping
  /** one value for all rows, as a person would type it into a cell: variable name → text; for inputs without a column */
  constants?: Record<string, string>
  /** the server’s limits of files; by default those of Dify */
  fileLimits?: App['fileLimits']
  /** the rows of an earlier task, to say which of these have its answers already */
  earlier?: EarlierRows
}

/** What is known of the rows of an earlier task: see engine/input-hash.ts. */
export interface EarlierRows {
  /** input hashes that have an answer */
  answered: Set<string>
  keys: Set<string>
  keyColumns: number[]
}

/** Rows that can run, compared with an earlier task. */
export interface SeenRows {
  unchanged: number
  /** one with the same name was there, and sent something else or has no answer */
  changed: number
  fresh: number
  /** of those two, rows that send the same as one before them; absent in drafts of older versions */
  equal?: number
}

/** The result of checking an upload: everything that a person is shown, with no more rows than that. */
export interface Check {
  sheets: { name: string; hidden: boolean; rows: number }[]
  sheet: string
  headingRow: number
  /** 2: the headings are in `headingRow` and the row below it, as “Price / EUR” */
  headingRows: 1 | 2
  /** where the headings seem to be in two rows: the upper one, to be chosen as `headingRow` with `headingRows: 2` */
  groupRow: number | null
  /** the last row of the table, from 1: rows below it are left out */
  lastRow: number
  /** of a CSV file */
  encoding?: TextEncoding
  /** of a CSV file: the one in use */
  delimiter?: Delimiter
  headings: string[]
  /** data rows without blank ones */
  rows: number
  /** rows that can run */
  good: number
  /** of these: rows that send the same as one before them */
  equal: number
  /** compared with an earlier task, if one was given */
  seen?: SeenRows
  /** the first data rows */
  preview: SheetRow[]
  mapping: Mapping
  /** columns that an input without one may mean, for a person to accept: variable name → column */
  proposals: Record<string, number>
  /** what every row is sent besides its cells */
  constants: Constant[]
  /** headings of columns that feed no input: they appear in the result but are not sent */
  unused: string[]
  /** faults of the sheet and of its cells, equal ones grouped, most severe first */
  faults: FaultGroup[]
}

export interface SheetRow {
  /** row number in the person’s sheet, from 1 */
  row: number
  /** as many as there are headings; more only if the row has further cells */
  cells: Cell[]
}

/** A row that is ready to run, or why it cannot. */
export type PreparedRow =
  | (SheetRow & { inputs: Inputs; fault?: undefined; found?: undefined })
  | (SheetRow & { inputs?: undefined; fault: string; found: FoundFault[] })

export interface FaultGroup {
  /** the broken rule: a code from the closed list in workbook/fault.ts */
  code: FaultCode
  /** the parts of the message, for other languages: see `Fault` in workbook/fault.ts */
  params: Record<string, string | number | boolean | string[]>
  /** the message, without the cells: `“friendly” is not one of formal, casual` */
  message: string
  /** what to do: `Did you mean “casual”?` */
  hint?: string
  /** the whole sheet cannot run; false: only these rows cannot */
  fatal: boolean
  /** only a note: the rows run anyway */
  note: boolean
  /** number of cells (or rows) that have it */
  count: number
  /** the first of them, as `C7` or, for a whole row, `7` */
  cells: string[]
  /** the label of the input whose one value for all rows it is about */
  input?: string
}

/** Everything in a sheet, as it was read. */
export interface Values {
  sheets: { name: string; hidden: boolean; rows: number }[]
  sheet: string
  headingRow: number
  headings: string[]
  faults: FaultGroup[]
  /** of a CSV file */
  encoding?: TextEncoding
  /** of a CSV file: the one in use */
  delimiter?: Delimiter
  rows: AsyncGenerator<ValueRow[]>
}

export interface ValueRow {
  row: number
  cells: ValueCell[]
}

/** A cell as it was read. Error cells and uncalculated formulas are objects, so that they differ from text. */
export type ValueCell = Cell | { error: string } | { uncalculated: true }

/** Where in the person’s upload the columns of a result go. */
export interface OwnWorkbook {
  sheet: string
  /** the last row of the headings, from 1 */
  headingRow: number
}

/** What became of a result: in the person’s own workbook, or in a new file and, if that was not asked for, why. */
export type WrittenResult = { kind: 'own'; columns: number } | { kind: 'plain'; why?: WhyNew }

/** Why a result is a new workbook, although the person’s own was asked for. */
export interface WhyNew {
  code: WhyNewCode
  /** in English, to follow “because” */
  message: string
}

/** `kind`: neither .xlsx nor .xlsm; `gone`: the upload is not kept; `old-task`: where its table is was not stored */
export type WhyNewCode =
  | 'kind'
  | 'no-room'
  | 'too-large'
  | 'macro-sheets'
  | 'damaged'
  | 'unusual'
  | 'too-slow'
  | 'stopped'
  | 'gone'
  | 'old-task'

export interface ResultHeader {
  headings: string[]
  /** in the order of their columns; taken from the rows if the task has none yet */
  outputNames: string[]
  /** the cells of the rows are all there is: no column is added to them */
  onlyCells?: boolean
  /** some row has something to look at, so there is a column for it */
  hasFlags?: boolean
  /** a person has edited some rows, so there is a column that says so, and comments where there can be some */
  hasEdits?: boolean
  /** a person has put other inputs in place of some rows' own, so there is a column that says which */
  hasInputEdits?: boolean
  /** some rows were not called, so there is a column that says whose answers they have */
  hasSources?: boolean
  /** the summary sheet: label and value, in order */
  summary: [label: string, value: string | number][]
}

export type { Cell }
