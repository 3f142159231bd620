import type { Constant, Inputs } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Fault } from '../fault.ts'
import type { CheckOptions, Mapping } from '../types.ts'
import { defaultOf } from './defaults.ts'
import type { CellFileRules } from './files.ts'
import { take } from './prepare.ts'

/** The inputs that have one value for all rows, and what is wrong with these values. */
export interface Constants {
  inputs: Inputs
  faults: { label: string; fault: Fault }[]
}

/**
 * The variables, with those not required that need no column: they have one value for all rows, or a default.
 * @returns fed: the names of those with a value, about which nobody is asked any more
 */
export function withoutConstants(
  variables: Variable[],
  constants: CheckOptions['constants'],
): { variables: Variable[]; fed: Set<string> } {
  const fed = new Set(variables.map(({ name }) => name).filter((name) => textOf(constants, name) !== ''))
  return {
    variables: variables.map((one) =>
      one.required && (fed.has(one.name) || defaultOf(one)) ? { ...one, required: false } : one,
    ),
    fed,
  }
}

/** Takes the values by the rules of a cell. An input with a column has that, not its value here. */
export function takeConstants(
  variables: Variable[],
  mapping: Mapping,
  { constants, values }: Pick<CheckOptions, 'constants' | 'values'>,
  rules: CellFileRules,
): Constants {
  // No prototype: a variable may be called __proto__.
  const found: Constants = { inputs: Object.create(null) as Inputs, faults: [] }
  for (const variable of variables) {
    const { name, label } = variable
    if ((mapping[name] ?? null) !== null) continue
    const text = textOf(constants, name)
    const own = text === '' ? defaultOf(variable) : undefined
    if (own) found.inputs[name] = own.value
    const taken = text === '' ? undefined : take(text, variable, rulesFor(variable, rules), values)
    if (!taken) continue
    const faults = 'fault' in taken ? [taken.fault] : (taken.notes ?? [])
    for (const fault of faults) found.faults.push({ label, fault })
    if ('value' in taken) found.inputs[name] = taken.value
  }
  return found
}

/** What every row is sent besides its cells: the values that were given, and the defaults of the other inputs. */
export function constantsSent(
  variables: Variable[],
  mapping: Mapping,
  constants: CheckOptions['constants'],
): Constant[] {
  return variables.flatMap((variable) => {
    const { name, label } = variable
    if ((mapping[name] ?? null) !== null) return []
    const given = textOf(constants, name)
    if (given !== '') return [{ name, label: label.trim() || name, text: spelled(given, variable) }]
    const own = defaultOf(variable)
    return own ? [{ name, label: label.trim() || name, text: own.text, isDefault: true as const }] : []
  })
}

/** As it is sent: “FORMAL” is the option “formal”. Files and objects stay as they were typed. */
function spelled(text: string, variable: Variable): string {
  if (variable.type === 'file' || variable.type === 'file-list') return text.trim()
  const taken = take(text, variable, { fileHosts: [] }, 'raw')
  if (!taken || 'fault' in taken || typeof taken.value === 'object') return text
  return String(taken.value)
}

function rulesFor({ name }: Variable, rules: CellFileRules): CellFileRules {
  return rules.files ? { ...rules, own: rules.files.forAllRows(name) } : rules
}

/** What is wrong with a value for all rows that names files of an upload. */
export function constantFilesFault(
  text: string,
  variable: Variable,
  rules: CellFileRules,
): Fault | undefined {
  const taken = take(text, variable, rulesFor(variable, rules), 'raw')
  return taken && 'fault' in taken ? taken.fault : undefined
}

/** What is wrong with a value for all rows, before any sheet is read; files are looked at only with one. */
export function constantFault(text: string, variable: Variable): Fault | undefined {
  if (text.trim() === '' || variable.type === 'file' || variable.type === 'file-list') return undefined
  const taken = take(text, variable, { fileHosts: [] }, 'raw')
  return taken && 'fault' in taken ? taken.fault : undefined
}

function textOf(constants: CheckOptions['constants'], name: string): string {
  const text = constants && Object.hasOwn(constants, name) ? constants[name] : undefined
  return text === undefined || text.trim() === '' ? '' : text
}
