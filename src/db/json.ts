import type { Cell, Inputs, Outputs } from '../engine/task.ts'

/**
 * JSON as it is kept in TEXT columns. Postgres takes no NUL in text, and no reader of a result wants one.
 */
export function toText(value: unknown): string {
  return withoutNul(JSON.stringify(value))
}

export function withoutNul(text: string): string {
  return text.includes('\\u0000') || text.includes('\0') ? text.replaceAll(/\\u0000|\0/g, '') : text
}

// These were written by toText from values of the same type, in this database alone.
export const parseInputs = (text: string) => JSON.parse(text) as Inputs
export const parseOutputs = (text: string) => JSON.parse(text) as Outputs
export const parseCells = (text: string) => JSON.parse(text) as Cell[]
export const parseStrings = (text: string) => JSON.parse(text) as string[]
