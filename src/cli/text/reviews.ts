import { ROWBOT } from '../../engine/this-program.ts'
import type { Flagged } from '../../app/flags.ts'
import { textsToEdit } from '../../app/reviews.ts'
import type { ReviewedRow } from '../../db/rows/reviews.ts'
import type { TaskView } from '../../db/tasks/tasks.ts'
import { flagsText } from '../../engine/flag.ts'
import { textToEdit } from '../../engine/review.ts'
import { clip } from '../../messages/rich-text.ts'
import { shellWord } from '../files.ts'

const INPUTS_SHOWN = 4
const CHARS_SHOWN = 100
const LINES_SHOWN = 8

/** The rows to look at, each with what was sent and what it gave, and the commands for them. */
export function lookLines({ id, status }: TaskView, flagged: Flagged, rows: ReviewedRow[]): string[] {
  const said = [
    ...(flagged.edited > 0 ? [`${flagged.edited} edited`] : []),
    ...(flagged.kept > 0 ? [`${flagged.kept} kept`] : []),
  ]
  const [first] = rows
  if (!first) {
    const runs = status === 'running' || status === 'pending'
    const nothing = runs ? 'It still runs: it is judged at its end.' : 'Nothing to look at.'
    return [[nothing, ...said].join(' · ')]
  }
  const more = flagged.rows.length - rows.length
  const output = textsToEdit(first)[0]?.output ?? 'output'
  return [
    [`${flagged.rows.length} to look at`, ...said].join(' · '),
    ...rows.flatMap(rowLines),
    '',
    ...(more > 0 ? [`${more} more: ${ROWBOT} look ${id} --json, or the page`] : []),
    `Right as it is: ${ROWBOT} keep ${id} --rows ${first.row}`,
    `Put it right: ${ROWBOT} edit ${id} --row ${first.row} --set ${shellWord(`${output}=…`)}`,
    `Run them again, paid again: ${ROWBOT} again ${id} --rows ${rows.map(({ row }) => row).join(',')}`,
  ]
}

function rowLines({ row, inputs, outputs, flags }: ReviewedRow): string[] {
  const sent = Object.entries(inputs).slice(0, INPUTS_SHOWN)
  return [
    '',
    `Row ${row} · ${flagsText(flags)}`,
    ...sent.map(([name, value]) => `  ${name} = ${oneLine(textToEdit(value))}`),
    ...Object.entries(outputs ?? {}).flatMap(([name, value]) => outputLines(name, textToEdit(value))),
  ]
}

function outputLines(name: string, text: string): string[] {
  const lines = text.trim() === '' ? ['(nothing)'] : text.split('\n')
  const [first = '', ...others] = lines.slice(0, LINES_SHOWN).map((line) => clip(line, CHARS_SHOWN))
  const more = lines.length > LINES_SHOWN ? ['      …'] : []
  return [`  → ${name}: ${first}`, ...others.map((line) => `      ${line}`), ...more]
}

function oneLine(text: string): string {
  return clip(text.replaceAll(/\s+/g, ' ').trim(), CHARS_SHOWN)
}
