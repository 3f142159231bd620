import type { Flag } from '../../engine/flag.ts'
import type { Edits } from '../../engine/edits.ts'
import { textToEdit } from '../../engine/review.ts'
import type { ResultRow } from '../../engine/task.ts'
import { clip } from './to-cell.ts'

/*
 * How a result shows what people have said of rows, and what is still to look at: tints of cells, comments, a column.
 */

export type Tint = 'edited' | 'flagged'

/** ARGB: light enough for black text, also in print */
export const TINTS: Record<Tint, string> = { edited: 'FFDDEBF7', flagged: 'FFFFF2CC' }

/** Comments are held in memory until the end, and nobody reads more of them. */
export const MOST_NOTES = 5_000
const NOTE_CHARS = 1_000
const COLUMN_CHARS = 300

/** What is still to look at in a row: nothing once somebody has edited or kept it. */
export function flagsOf({ flags = [], edits, kept }: ResultRow): Flag[] {
  return edits || kept ? [] : flags
}

/** Of the cell with this output. */
export function tintOf(row: ResultRow, output: string): Tint | undefined {
  if (row.edits && Object.hasOwn(row.edits, output)) return 'edited'
  return flagsOf(row).some((flag) => flag.output === output) ? 'flagged' : undefined
}

/** `machine: A lamp. edited by Mei on 2026-11-27` */
export function editNote(row: ResultRow, output: string): string | undefined {
  const edit = row.edits && Object.hasOwn(row.edits, output) ? row.edits[output] : undefined
  if (!edit) return undefined
  return `machine: ${machineText(row, output, NOTE_CHARS)}\nedited by ${edit.by} on ${dayOf(edit.at)}`
}

/** `copy: edited by Mei on 2026-11-27, machine: A lamp.` for each edited output; null: none is */
export function editsText(row: ResultRow): string | null {
  const edits = Object.entries(row.edits ?? ({} satisfies Edits))
  if (edits.length === 0) return null
  return edits
    .map(
      ([output, { by, at }]) =>
        `${output}: edited by ${by} on ${dayOf(at)}, machine: ${machineText(row, output, COLUMN_CHARS)}`,
    )
    .join('\n')
}

/** `tone: “formal” was sent, the file has “casual”; changed by Mei on 2026-11-27` for each; null: none is */
export function inputEditsText({ editedInputs = {} }: ResultRow): string | null {
  const edits = Object.entries(editedInputs)
  if (edits.length === 0) return null
  const said = (value: unknown) => {
    const text = textToEdit(value)
    return text.trim() === ''
      ? 'nothing'
      : `“${text.length > COLUMN_CHARS ? `${clip(text, COLUMN_CHARS)}…` : text}”`
  }
  return edits
    .map(
      ([input, { from, to, by, at }]) =>
        `${input}: ${said(to)} was sent, the file has ${said(from)}; changed by ${by} on ${dayOf(at)}`,
    )
    .join('\n')
}

function machineText({ outputs }: ResultRow, output: string, chars: number): string {
  const text = textToEdit(outputs && Object.hasOwn(outputs, output) ? outputs[output] : null)
  if (text.trim() === '') return '(nothing)'
  return text.length > chars ? `${clip(text, chars)}…` : text
}

/** As the result's summary has its time: in UTC. */
function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}
