import type { Cell, Inputs } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import { SEVERITY, type Fault } from '../fault.ts'
import type { Limits } from '../limits.ts'
import type { Mapping } from '../types.ts'
import { shownText, type RawRow, type Value } from '../read/value.ts'
import { type Taken, toCheckbox, toNumber, toOption, toText } from './values.ts'
import { toFile, toFiles } from './files.ts'
import { toJsonObject } from './json.ts'

/** A fault and the column it is in. */
export interface CellFault {
  fault: Fault
  column: number
}

export interface Prepared {
  inputs: Inputs
  faults: CellFault[]
}

/**
 * Converts a row to the inputs of a workflow, by the rules of Dify’s own server (base_app_generator.py), so that the
 * server accepts what passes here. Empty cells of optional variables are left out, so that Dify uses its defaults.
 */
export function prepare(
  row: RawRow,
  variables: Variable[],
  mapping: Mapping,
  limits: Pick<Limits, 'plainHttp'>,
): Prepared {
  // No prototype: a variable may be called __proto__.
  const prepared: Prepared = { inputs: Object.create(null) as Inputs, faults: [] }
  for (const variable of variables) {
    const column = mapping[variable.name]
    if (column === null || column === undefined) continue
    const taken = take(row.cells[column] ?? null, variable, limits)
    if (!taken) continue
    if ('fault' in taken) prepared.faults.push({ fault: taken.fault, column })
    else prepared.inputs[variable.name] = taken.value
    const cell = row.cells[column] ?? null
    if (isLongNumber(cell))
      prepared.faults.push({ fault: { code: 'long-number', label: variable.label }, column })
  }
  return prepared
}

/** True if the row cannot run because of one of its faults. */
export function isStopped(faults: CellFault[]): boolean {
  return faults.some(({ fault }) => SEVERITY[fault.code] !== 'nothing')
}

/** A cell as the result repeats it: errors and uncalculated formulas as the person saw them. */
export function toCell(value: Value): Cell {
  return typeof value === 'object' && value !== null ? shownText(value) || null : value
}

export function isBlank(value: Value): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '')
}

/** Excel stores 15 digits: a longer whole number lost its last digits before it got here. */
export function isLongNumber(value: Value): boolean {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) >= 1e15
}

/** An input may be required only because the app’s own default for it would be refused. */
function emptyFault({ label, type, options = [], default: byDefault }: Variable): Fault {
  return type === 'select' && typeof byDefault === 'string' && !options.includes(byDefault)
    ? { code: 'refused-default', label, value: byDefault }
    : { code: 'required', label }
}

/** undefined: nothing is sent */
function take(value: Value, variable: Variable, limits: Pick<Limits, 'plainHttp'>): Taken | undefined {
  const { label } = variable
  if (typeof value === 'object' && value !== null) {
    if ('error' in value) return { fault: { code: 'error-cell', label, value: value.error } }
    if ('uncalculated' in value) return { fault: { code: 'uncalculated', label } }
  }
  if (isBlank(value)) return variable.required ? { fault: emptyFault(variable) } : undefined
  switch (variable.type) {
    case 'text-input':
    case 'paragraph':
    case 'external_data_tool':
      return toText(shownText(value), variable)
    case 'select':
      return toOption(shownText(value), variable)
    case 'number':
      return toNumber(value, variable)
    case 'checkbox':
      return toCheckbox(value, variable)
    case 'json_object':
      return toJsonObject(shownText(value), variable)
    case 'file':
      return toFile(shownText(value), variable, limits)
    case 'file-list':
      return toFiles(shownText(value), variable, limits)
  }
}
