/*
 * All that the wizard and the reporter ever show, in words that Slack, Discord and the web can all say. A renderer
 * escapes every text in its own way: nothing here is markup, whatever a cell of a person's sheet may contain.
 * How long and how many everything may be is in prompt-limits.ts, and tested for every step.
 */

/** One message. */
export interface Prompt {
  /** plain text; empty: the message has no title */
  title: string
  lines: Line[]
  table?: Table
  /** a choice is told at once, as a click with one value */
  selects: Select[]
  buttons: Button[]
}

/** Pieces of text that stand in one line. An empty line is a gap. */
export type Line = Span[]

export type Span =
  | string
  | { bold: string }
  /** text of a person's file, as it is: a cell, a heading, a file name */
  | { code: string }
  /** mentions the person, who is told of it */
  | { person: Mention }
  | { link: string; url: string }

/** `id` as the platform knows them; `name` for a face that cannot mention. */
export interface Mention {
  id: string
  name: string
}

/** Cells are short plain text, as many in every row as there are headings. */
export interface Table {
  headings: string[]
  rows: string[][]
}

export interface Select {
  id: string
  /** for a placeholder or a label; each option also says by itself what it is */
  label: string
  options: Option[]
  /** the value of one of the options */
  selected?: string
}

export interface Option {
  value: string
  label: string
  description?: string
}

export type Button =
  | { id: string; label: string; style?: 'primary' | 'danger'; url?: undefined }
  | { url: string; label: string; style?: undefined; id?: undefined }

/** A dialog that a click opens. Its answer comes back under `id`. */
export interface Form {
  id: string
  title: string
  fields: Field[]
  submit: string
}

export type Field =
  | { type: 'text'; id: string; label: string; hint?: string; value: string; maxLength: number }
  /** one workbook */
  | { type: 'file'; id: string; label: string; hint?: string }
