import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Fault } from '../fault.ts'
import { columnName } from '../read/value.ts'
import type { Mapping } from '../types.ts'
import { keysOf } from './heading-keys.ts'
import { columnsByName } from './columns-by-name.ts'
import { defaultOf } from './defaults.ts'
import { nearest } from './nearest.ts'

export interface Match {
  mapping: Mapping
  /** columns that an input without one may mean: variable name → column */
  proposals: Record<string, number>
  /** headings of columns that feed no input */
  unused: string[]
  /** faults of the sheet as a whole, some with the column that they are about */
  faults: { fault: Fault; column?: number }[]
}

/**
 * Which column feeds which variable: the one whose heading is the variable’s name or label, as people write them: see
 * columns-by-name.ts. The only column feeds the only input. `byHand` takes precedence. What is only similar is
 * proposed, and nothing runs until a person has decided.
 * @param constants the inputs with one value for all rows, which need no column and are asked about no more
 * @throws UserError if `byHand` names a column that does not exist
 */
export function matchHeadings(
  headings: string[],
  variables: Variable[],
  byHand: Mapping = {},
  constants: ReadonlySet<string> = new Set(),
): Match {
  const mapping = chosenColumns(variables, byHand)
  const match: Match = {
    mapping,
    proposals: Object.create(null) as Record<string, number>,
    unused: [],
    faults: [],
  }
  const open = variables.filter(({ name }) => !Object.hasOwn(byHand, name))
  const doubtful = new Set<number>()
  for (const [{ name, label }, columns] of columnsByName(headings, open, variables, mapping)) {
    if (columns.length === 1) mapping[name] = columns[0] ?? null
    if (columns.length < 2) continue
    for (const column of columns) doubtful.add(column)
    const fault: Fault = { code: 'ambiguous-column', label, columns: columns.map(columnName) }
    match.faults.push({ fault })
  }
  const hasNoConstant = ({ name }: Variable) => !constants.has(name)
  const asked = open.filter(hasNoConstant)
  feedTheOnlyInput(match, headings, variables.filter(hasNoConstant), asked)
  nameTheRest(match, headings, asked, doubtful)
  const isUnfed = variables.length > 0 && Object.values(mapping).every((column) => column === null)
  if (isUnfed && (open.length > 0 || constants.size > 0) && match.faults.length === 0)
    match.faults.push({ fault: { code: constants.size > 0 ? 'only-constants' : 'nothing-fed' } })
  return match
}

/**
 * The columns that a person chose, and null for all other variables.
 * @throws UserError if one does not exist
 */
export function chosenColumns(variables: Variable[], byHand: Mapping): Mapping {
  // No prototype: a variable may be called __proto__.
  const mapping: Mapping = Object.create(null) as Mapping
  for (const variable of variables) {
    const chosen = Object.hasOwn(byHand, variable.name) ? byHand[variable.name] : undefined
    mapping[variable.name] = chosen === undefined ? null : chosenColumn(chosen, variable)
  }
  return mapping
}

/** True if every required variable has a column that is named after it or a default, and at least one has a column. */
export function isFedByName(headings: string[], variables: Variable[]): boolean {
  const { fed, isWhole } = fedByName(headings, variables)
  return isWhole && fed > 0
}

/** How many variables have a column that is named after them, and whether all required ones do. */
export function fedByName(headings: string[], variables: Variable[]): { fed: number; isWhole: boolean } {
  const fed = columnsByName(headings, variables, variables)
  return {
    fed: fed.size,
    isWhole: variables.every((one) => !one.required || fed.has(one) || defaultOf(one) !== undefined),
  }
}

/** How many variables have a column or may have one that is proposed; 0 if a required one has neither. */
export function fedNearly(headings: string[], variables: Variable[]): number {
  const { mapping, proposals } = matchHeadings(headings, variables)
  const fed = variables.filter(({ name }) => mapping[name] !== null || proposals[name] !== undefined)
  return variables.every((variable) => !variable.required || fed.includes(variable)) ? fed.length : 0
}

/** Gives variables without a label their name as label. */
export function labelled(variables: Variable[] = []): Variable[] {
  return variables.map((variable) =>
    variable.label.trim() === '' ? Object.assign({}, variable, { label: variable.name }) : variable,
  )
}

/** A column without a heading may be chosen, even one beyond the last heading. */
const LAST_COLUMN = 16_384

function chosenColumn(chosen: number | null, variable: Variable): number | null {
  if (chosen === null || (Number.isInteger(chosen) && chosen >= 0 && chosen < LAST_COLUMN)) return chosen
  throw new UserError(
    say('chosen-column-gone', { input: variable.label, column: chosen + 1 }),
    say('do-choose-columns'),
  )
}

/** Whatever its heading is; but a first row that is itself a question or a sentence must not be lost as a heading. */
function feedTheOnlyInput(match: Match, headings: string[], variables: Variable[], open: Variable[]): void {
  const [variable] = open
  const own = variables.filter(({ attached }) => !attached)
  const filled = headings.flatMap((heading, column) => (heading.trim() === '' ? [] : [{ heading, column }]))
  const [only] = filled
  if (own.length !== 1 || !variable || variable.attached || filled.length !== 1 || !only) return
  if (match.faults.length > 0 || match.mapping[variable.name] !== null || isSentence(only.heading)) return
  match.mapping[variable.name] = only.column
  const fault: Fault = { code: 'only-column', label: variable.label, heading: only.heading.trim() }
  match.faults.push({ fault, column: only.column })
}

const HEADING_CHARS = 30

function isSentence(heading: string): boolean {
  const text = heading.trim()
  return [...text].length > HEADING_CHARS || /[.?!。？！…]$/.test(text) || keysOf(text).words === ''
}

/** Lists unused columns and unfed variables, and proposes which may belong together. */
function nameTheRest(match: Match, headings: string[], open: Variable[], doubtful: Set<number>): void {
  const used = new Set(Object.values(match.mapping))
  const free = headings.flatMap((heading, column) =>
    heading.trim() === '' || used.has(column) || doubtful.has(column) ? [] : [{ heading, column }],
  )
  match.unused = free.map(({ heading }) => heading)
  const ambiguous = new Set(match.faults.map(({ fault }) => ('label' in fault ? fault.label : '')))
  const unfed = open.filter(({ name, label }) => match.mapping[name] === null && !ambiguous.has(label))
  const proposed = new Set<number>()
  for (const { name, label, required } of unfed) {
    const left = free.filter(({ column }) => !proposed.has(column))
    // By their words: “Product name *” is near to “Name”.
    const words = left.map(({ heading }) => keysOf(heading).words || heading)
    const { heading: guess, column } =
      left[words.indexOf(nearest(label, words) ?? nearest(name, words) ?? '')] ?? {}
    if (column !== undefined) {
      proposed.add(column)
      match.proposals[name] = column
    }
    if (required) match.faults.push({ fault: { code: 'missing-column', label, ...(guess ? { guess } : {}) } })
    else if (guess !== undefined && column !== undefined)
      match.faults.push({ fault: { code: 'near-column', heading: guess, label }, column })
  }
}
