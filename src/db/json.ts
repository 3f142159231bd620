import type { Cell, Inputs, Outputs } from '../engine/task.ts'

/**
 * JSON as it is kept in TEXT columns. Postgres takes no NUL in text, and no reader of a result wants one. Taken out of
 * the values and not of their JSON: there, the six characters of an escape may just as well be somebody's text.
 */
export function toText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'string') return withoutNul(part)
    return isRecord(part) && Object.keys(part).some((key) => key.includes('\0')) ? renamed(part) : part
  })
}

export function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text
}

// These were written by toText from values of the same type, in this database alone.
export const parseInputs = (text: string) => JSON.parse(text) as Inputs
export const parseOutputs = (text: string) => JSON.parse(text) as Outputs
export const parseCells = (text: string) => JSON.parse(text) as Cell[]
export const parseStrings = (text: string) => JSON.parse(text) as string[]

function renamed(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [withoutNul(key), value]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
