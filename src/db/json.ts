import type { Flag } from '../engine/flag.ts'
import type { Edits, Kept } from '../engine/edits.ts'
import type { LearntState } from '../engine/learnt-together.ts'
import type { ShareLine } from '../engine/shares.ts'
import type { RunStep } from '../engine/run.ts'
import type { Cell, EditedInputs, Inputs, Outputs } from '../engine/task.ts'

/**
 * JSON for TEXT columns, without NUL characters: Postgres refuses them in text, and nobody wants one in a result. They
 * are removed from the values, not from the JSON text, where `\u0000` may also be six characters that somebody typed.
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

// toText wrote these from values of the same type.
export const parseInputs = (text: string) => JSON.parse(text) as Inputs
export const parseEditedInputs = (text: string) => JSON.parse(text) as EditedInputs
export const parseOutputs = (text: string) => JSON.parse(text) as Outputs
export const parseCells = (text: string) => JSON.parse(text) as Cell[]
export const parseStrings = (text: string) => JSON.parse(text) as string[]
export const parseSteps = (text: string) => JSON.parse(text) as RunStep[]
export const parseFlags = (text: string) => JSON.parse(text) as Flag[]
export const parseEdits = (text: string) => JSON.parse(text) as Edits
export const parseKept = (text: string) => JSON.parse(text) as Kept
export const parseLearnt = (text: string) => JSON.parse(text) as LearntState
export const parseParts = (text: string) => JSON.parse(text) as ShareLine['parts']
export const parseNumbers = (text: string) => JSON.parse(text) as number[]

function renamed(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [withoutNul(key), value]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
