import type { Inputs } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import type { Fault } from '../fault.ts'
import type { CheckOptions, Mapping } from '../types.ts'
import type { CellFileRules } from './files.ts'
import { take } from './prepare.ts'

/** The inputs that have one value for all rows, and what is wrong with these values. */
export interface Constants {
  inputs: Inputs
  faults: { label: string; fault: Fault }[]
}

/** The variables, with those not required that have one value for all rows: they need no column. */
export function withoutConstants(
  variables: Variable[],
  constants: CheckOptions['constants'],
): { variables: Variable[]; fed: Set<string> } {
  const fed = new Set(variables.map(({ name }) => name).filter((name) => textOf(constants, name) !== ''))
  return {
    variables: variables.map((one) => (fed.has(one.name) ? { ...one, required: false } : one)),
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
    const text = textOf(constants, variable.name)
    if (text === '' || (mapping[variable.name] ?? null) !== null) continue
    const taken = take(text, variable, rules, values)
    if (!taken) continue
    const faults = 'fault' in taken ? [taken.fault] : (taken.notes ?? [])
    for (const fault of faults) found.faults.push({ label: variable.label, fault })
    if ('value' in taken) found.inputs[variable.name] = taken.value
  }
  return found
}

function textOf(constants: CheckOptions['constants'], name: string): string {
  const text = constants && Object.hasOwn(constants, name) ? constants[name] : undefined
  return text === undefined || text.trim() === '' ? '' : text
}
