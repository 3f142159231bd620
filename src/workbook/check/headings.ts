import { UserError } from '../../engine/user-error.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Fault } from '../fault.ts'
import { columnName } from '../read/value.ts'
import type { Mapping } from '../types.ts'
import { nearest } from './nearest.ts'

export interface Match {
  mapping: Mapping
  /** headings of columns that feed no input */
  unused: string[]
  /** faults of the sheet as a whole, some with the column that they are about */
  faults: { fault: Fault; column?: number }[]
}

/**
 * Which column feeds which variable: the one whose heading is the variable’s name or label, ignoring case, spaces,
 * full-width forms and a trailing ` *`. `byHand` takes precedence.
 * @throws UserError if `byHand` names a column that does not exist
 */
export function matchHeadings(headings: string[], variables: Variable[], byHand: Mapping = {}): Match {
  const keys = headings.map(headingKey)
  const names = new Set(variables.map(({ name }) => headingKey(name)))
  // No prototype: a variable may be called __proto__.
  const match: Match = { mapping: Object.create(null) as Mapping, unused: [], faults: [] }
  const doubtful = new Set<number>()
  for (const variable of variables) {
    const chosen = Object.hasOwn(byHand, variable.name) ? byHand[variable.name] : undefined
    if (chosen !== undefined) {
      match.mapping[variable.name] = chosenColumn(chosen, variable)
      continue
    }
    const columns = columnsFor(variable, keys, names)
    match.mapping[variable.name] = columns.length === 1 ? (columns[0] ?? null) : null
    if (columns.length < 2) continue
    for (const column of columns) doubtful.add(column)
    const fault: Fault = { code: 'ambiguous-column', label: variable.label, columns: columns.map(columnName) }
    match.faults.push({ fault })
  }
  nameTheRest(match, headings, variables, doubtful)
  return match
}

/** Gives variables without a label their name as label. */
export function labelled(variables: Variable[] = []): Variable[] {
  return variables.map((variable) =>
    variable.label.trim() === '' ? Object.assign({}, variable, { label: variable.name }) : variable,
  )
}

/** A key that is equal for headings that look the same to a person. */
export function headingKey(heading: string): string {
  return heading
    .normalize('NFKC')
    .replaceAll(/[\s\u200b\ufeff]/g, '')
    .toLowerCase()
    .replace(/\*+$/, '')
}

/** Equal for uploads with the same columns in the same places: a mapping made by hand is remembered under it. */
export function headingsKey(headings: string[]): string {
  return JSON.stringify(headings.map(headingKey))
}

/** By name or label; but a column with the name of another variable belongs to that one. */
function columnsFor(variable: Variable, keys: string[], names: Set<string>): number[] {
  const name = headingKey(variable.name)
  const label = headingKey(variable.label)
  const found: number[] = []
  keys.forEach((key, column) => {
    if (key === '') return
    if (key === name || (key === label && !names.has(key))) found.push(column)
  })
  return found
}

/** A column without a heading may be chosen, even one beyond the last heading. */
const LAST_COLUMN = 16_384

function chosenColumn(chosen: number | null, variable: Variable): number | null {
  if (chosen === null || (Number.isInteger(chosen) && chosen >= 0 && chosen < LAST_COLUMN)) return chosen
  throw new UserError(
    `“${variable.label}” has column ${chosen + 1} chosen for it, and there is no such column.`,
    'Choose the columns again.',
  )
}

/** Lists unused columns and unfed variables, and suggests which may belong together. */
function nameTheRest(match: Match, headings: string[], variables: Variable[], doubtful: Set<number>): void {
  const used = new Set(Object.values(match.mapping))
  const free = headings.flatMap((heading, column) =>
    heading.trim() === '' || used.has(column) || doubtful.has(column) ? [] : [{ heading, column }],
  )
  match.unused = free.map(({ heading }) => heading)
  const ambiguous = new Set(match.faults.map(({ fault }) => ('label' in fault ? fault.label : '')))
  const unfed = variables.filter(({ name, label }) => match.mapping[name] === null && !ambiguous.has(label))
  for (const { name, label, required } of unfed) {
    const guess =
      nearest(
        label,
        free.map(({ heading }) => heading),
      ) ??
      nearest(
        name,
        free.map(({ heading }) => heading),
      )
    const column = free.find(({ heading }) => heading === guess)?.column
    if (required) match.faults.push({ fault: { code: 'missing-column', label, ...(guess ? { guess } : {}) } })
    else if (guess !== undefined && column !== undefined) {
      match.faults.push({ fault: { code: 'unknown-column', heading: guess, guess: label }, column })
    }
  }
}
