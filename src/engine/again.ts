import { inputHash } from './input-hash.ts'
import type { EditedInputs, Inputs, InputValue } from './task.ts'
import { UserError } from './user-error.ts'

/**
 * What somebody had before them when they asked for rows to run again. If it has changed since, nothing runs: whoever clicks
 * twice would pay twice.
 */
export interface SeenState {
  /** of the rows (db/rows/row-states.ts) */
  version?: string | undefined
  /** when their task had ended, ms since 1970: it has not run since */
  endedAt?: number | undefined
}

/** Which settled rows are to run once more, each a call that is paid again. */
export interface Again extends SeenState {
  /** numbers of rows in the sheet */
  rows: readonly number[]
  /** the only row is sent these from now on */
  inputs?: NewInputs | undefined
}

/** What a row is sent from now on, and what of it is not as in the file. */
export interface NewInputs {
  /** as they were when this was worked out: if they have changed since, nothing runs */
  before: Inputs
  inputs: Inputs
  edited: EditedInputs
  /** what changes now, by name */
  changed: { input: string; from: InputValue | null; to: InputValue | null }[]
  hash: string
}

/** These rows cannot run again as they are, or are no longer as somebody saw them. Nothing was changed. */
export class NotAgain extends UserError {}

/**
 * Puts values in place of a row's inputs. What the file gives stays beside them; a value that is the file's own is no edit.
 * @param values null: nothing is sent for this input
 */
export function withInputs(
  row: { inputs: Inputs; edited: EditedInputs },
  values: ReadonlyMap<string, InputValue | null>,
  { by, at }: { by: string; at: number },
): NewInputs {
  const inputs = new Map(Object.entries(row.inputs))
  const edited = new Map(Object.entries(row.edited))
  const changed: NewInputs['changed'] = []
  for (const [input, to] of values) {
    const from = inputs.get(input) ?? null
    if (isSame(from, to)) continue
    const ofFile = edited.has(input) ? (edited.get(input)?.from ?? null) : from
    if (isSame(ofFile, to)) edited.delete(input)
    else edited.set(input, { from: ofFile, by, at })
    if (to === null) inputs.delete(input)
    else inputs.set(input, to)
    changed.push({ input, from, to })
  }
  const sent: Inputs = Object.fromEntries(inputs)
  return {
    before: row.inputs,
    inputs: sent,
    edited: Object.fromEntries(edited),
    changed,
    hash: inputHash(sent),
  }
}

/** The values that the file gives, for the inputs that a person has edited. */
export function valuesOfFile(edited: EditedInputs): Map<string, InputValue | null> {
  return new Map(Object.entries(edited).map(([input, { from }]) => [input, from]))
}

function isSame(a: InputValue | null, b: InputValue | null): boolean {
  return a === b || (a !== null && b !== null && inputHash({ a }) === inputHash({ a: b }))
}
