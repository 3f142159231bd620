import type { Cell, FileInput, Inputs, Outputs } from '../engine/task.ts'
import type { Variable } from '../engine/workflow.ts'
import type { FaultCode } from './fault.ts'

export interface UploadFile {
  /** as the person named it: only shown, and its ending only a hint at what it is */
  name: string
  bytes: Uint8Array
}

/** Which column feeds which variable: variable name → index into `headings`, null for “leave empty”. */
export type Mapping = Record<string, number | null>

export interface CheckOptions {
  /** default: the first visible sheet with rows */
  sheet?: string
  /** the row that has the headings, from 1; default: found, see `headingRow` of the answer */
  headingRow?: number
  /** absent: read only */
  variables?: Variable[]
  /** by hand, over what matches by itself */
  mapping?: Mapping
}

/** What one look at an upload found: everything a person is shown, and no more rows than they are shown. */
export interface Check {
  sheets: { name: string; hidden: boolean; rows: number }[]
  sheet: string
  headingRow: number
  headings: string[]
  /** data rows, blank ones not counted */
  rows: number
  /** of these, rows that can run */
  good: number
  /** the first data rows */
  preview: SheetRow[]
  mapping: Mapping
  /** headings of columns that feed nothing: kept for the result, not sent */
  unused: string[]
  /** faults of the sheet as a whole and of cells, same ones grouped, gravest first */
  faults: FaultGroup[]
}

export interface SheetRow {
  /** row number in the person's sheet, from 1 */
  row: number
  /** as long as the row of headings; longer only where a row has cells beyond it */
  cells: Cell[]
}

/** A row made ready to run, or why it cannot. */
export type PreparedRow =
  | (SheetRow & { inputs: Inputs; fault?: undefined })
  | (SheetRow & { inputs?: undefined; fault: string })

export interface FaultGroup {
  /** the rule that was broken: a word of the closed list in workbook/fault.ts */
  code: FaultCode
  /** what the sentence is made of, for sentences in other languages: see `Fault` in workbook/fault.ts */
  params: Record<string, string | number | boolean | string[]>
  /** the sentence for a person, without the cells: `“friendly” is not one of formal, casual` */
  message: string
  /** what to do: `Did you mean “casual”?` */
  hint?: string
  /** nothing of the sheet can run; otherwise only these rows cannot */
  fatal: boolean
  /** only worth knowing: the rows run all the same */
  note: boolean
  /** how many cells (or rows) have it */
  count: number
  /** the first of them, as `C7` or, for a whole row, `7` */
  cells: string[]
}

/** Everything in a sheet as it was read, for a person or a program to look at. */
export interface Values {
  sheets: { name: string; hidden: boolean; rows: number }[]
  sheet: string
  headingRow: number
  headings: string[]
  faults: FaultGroup[]
  rows: AsyncGenerator<ValueRow[]>
}

export interface ValueRow {
  row: number
  cells: ValueCell[]
}

/** Error cells and formulas that were never calculated are told apart from what they might be taken for. */
export type ValueCell = Cell | { error: string } | { uncalculated: true }

export interface ResultHeader {
  headings: string[]
  /** in the order of their columns; found from the rows when the task has none yet */
  outputNames: string[]
  /** the summary sheet: label and value, in order */
  summary: [label: string, value: string | number][]
}

export type { Cell, FileInput, Inputs, Outputs }
