/*
 * Everything that the wizard and the reporter show, in a form that Slack, Discord and the web can all render.
 * Renderers escape every text: nothing in here is markup, whatever a cell of a person’s sheet contains. The limits on
 * lengths and counts are in limits.ts, and tests check them for every step.
 */

/** One message. */
export interface Prompt {
  /** plain text; empty: no title */
  title: string
  /** one line for notifications, where the title alone says too little */
  notice?: string
  lines: Line[]
  table?: Table
  /** a choice acts at once, as a click with one value */
  selects: Select[]
  buttons: Button[]
}

/** Pieces of text on one line. An empty line is a gap. */
export type Line = Span[]

export type Span =
  | string
  | { bold: string }
  /** text from a person’s file, unchanged: a cell, a heading, a file name */
  | { code: string }
  /** mentions the person, which notifies them */
  | { person: Mention }
  | { link: string; url: string }
  /** a moment, in ms: shown in the reader’s time zone, `withDate` with its day; `text` is for faces that do not know it */
  | { time: number; text: string; withDate?: true }

/** `id` is the platform’s; `name` is for faces that cannot mention people. */
export interface Mention {
  id: string
  name: string
}

/** Cells are short plain text. Every row has as many cells as there are headings. */
export interface Table {
  headings: string[]
  rows: string[][]
}

export interface Select {
  id: string
  /** placeholder or label; every option must also be clear without it */
  label: string
  options: Option[]
  /** the value of one of the options */
  selected?: string
  /** there are more options than these: a platform that can asks for them while people type */
  hasMore?: true
}

export interface Option {
  value: string
  label: string
  description?: string
  /** a heading over it and its neighbours of the same group, where a platform has such headings */
  group?: string
}

export type Button =
  | { id: string; label: string; style?: 'primary' | 'danger'; url?: undefined }
  | { url: string; label: string; style?: undefined; id?: undefined }

/** A dialog that a click opens. It is submitted under `id`. */
export interface Form {
  id: string
  title: string
  fields: Field[]
  submit: string
}

export type Field =
  | {
      type: 'text'
      id: string
      label: string
      hint?: string
      value: string
      maxLength: number
      /** of several lines */
      isLong?: true
      /** a number, where a platform has a field for numbers */
      isNumber?: true
      /** it may be left empty: Slack would not send it otherwise */
      optional?: true
    }
  | { type: 'select'; id: string; label: string; hint?: string; options: Option[]; selected?: string }
  /** one file, or with `several`, up to that many; `optional`: the form may be sent without any */
  | { type: 'file'; id: string; label: string; hint?: string; several?: number; optional?: true }
