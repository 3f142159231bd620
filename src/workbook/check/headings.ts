import { UserError } from '../../engine/user-error.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Fault } from '../fault.ts'
import { columnName } from '../read/value.ts'
import type { Mapping } from '../types.ts'
import { nearest } from './nearest.ts'

export interface Match {
  mapping: Mapping
  /** headings of columns that feed nothing */
  unused: string[]
  /** of the sheet as a whole, with the column each is about, if it is about one */
  faults: { fault: Fault; column?: number }[]
}

/**
 * Which column feeds which variable: one whose heading is the variable's name or label, whatever the case, spaces,
 * full-width forms and a trailing ` *`; what `byHand` says goes first.
 * @throws UserError where `byHand` names a column that is not there
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

/** A variable without a label is called by its name. */
export function labelled(variables: Variable[] = []): Variable[] {
  return variables.map((variable) =>
    variable.label.trim() === '' ? Object.assign({}, variable, { label: variable.name }) : variable,
  )
}

/** What two headings have in common that are the same to a person. */
export function headingKey(heading: string): string {
  return heading
    .normalize('NFKC')
    .replaceAll(/[\s\u200b\ufeff]/g, '')
    .toLowerCase()
    .replace(/\*+$/, '')
}

/** The same for uploads with the same columns in the same places: what a mapping made by hand is remembered under. */
export function headingsKey(headings: string[]): string {
  return JSON.stringify(headings.map(headingKey))
}

/** By name or label; a column that has the name of another variable is that one's. */
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

/** A column may be chosen that has no heading, even one beyond the last heading. */
const LAST_COLUMN = 16_384

function chosenColumn(chosen: number | null, variable: Variable): number | null {
  if (chosen === null || (Number.isInteger(chosen) && chosen >= 0 && chosen < LAST_COLUMN)) return chosen
  throw new UserError(
    `“${variable.label}” is to be fed by column ${chosen + 1}, and there is none.`,
    'Choose the columns again.',
  )
}

/** The columns that feed nothing, the variables that nothing feeds, and which of them may belong together. */
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
