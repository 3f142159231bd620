import { FILE_COLUMN } from '../../engine/files.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Mapping } from '../types.ts'
import { chosenColumns, type Match } from './headings.ts'

/**
 * Of a table that Rowbot made with a row for each file: the files feed the only input that takes some, or the only
 * required one. Its other columns feed nothing by themselves, whatever inputs are called.
 * @param constants the inputs with one value for all rows
 * @throws UserError if `byHand` names a column that does not exist
 */
export function matchFiles(
  headings: string[],
  variables: Variable[],
  byHand: Mapping,
  constants: ReadonlySet<string>,
): Match {
  const mapping = chosenColumns(variables, byHand)
  const match: Match = {
    mapping,
    proposals: Object.create(null) as Record<string, number>, // no prototype: a variable may be called __proto__
    unused: [],
    faults: [],
  }
  const takers = variables.filter(({ type }) => type === 'file' || type === 'file-list')
  const isOpen = ({ name }: Variable) => !Object.hasOwn(byHand, name) && !constants.has(name)
  const open = takers.filter(isOpen)
  const required = open.filter((variable) => variable.required)
  const [taker] = required.length > 0 ? required : open
  const isFed = Object.values(mapping).includes(FILE_COLUMN)
  const isClear = required.length === 1 || (required.length === 0 && open.length === 1)
  if (takers.length === 0 && variables.length > 0) match.faults.push({ fault: { code: 'no-file-input' } })
  else if (!isFed && taker && isClear) mapping[taker.name] = FILE_COLUMN
  else if (!isFed && taker) {
    const labels = (required.length > 0 ? required : open).map(({ label }) => label)
    match.faults.push({ fault: { code: 'which-file-input', labels } })
  } else if (!isFed && takers.length > 0) match.faults.push({ fault: { code: 'nothing-fed' } })
  const isAsked = match.faults.length > 0
  for (const variable of variables.filter((one) => one.required && isOpen(one))) {
    if (mapping[variable.name] !== null || (isAsked && open.includes(variable))) continue
    match.faults.push({ fault: { code: 'missing-value', label: variable.label } })
  }
  const used = new Set(Object.values(mapping))
  match.unused = headings.filter((heading, column) => heading.trim() !== '' && !used.has(column))
  return match
}
