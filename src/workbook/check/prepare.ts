import { FILE_COLUMN } from '../../engine/files.ts'
import type { Cell, Inputs } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import { SEVERITY, type Fault, type FaultCode } from '../fault.ts'
import type { DecimalMark, DecimalMarks } from '../read/decimal-marks.ts'
import { EXACT, LONG } from '../read/shown.ts'
import { rawText, shownText, type Loss, type RawRow, type Value } from '../read/value.ts'
import type { Mapping, Reading } from '../types.ts'
import { withDecimalComma } from './decimal-comma.ts'
import { readNumber } from './numbers.ts'
import { allDigits, type Taken, toCheckbox, toNumber, toOption, toText } from './values.ts'
import { type CellFileRules, toFile, toFiles, toGivenFiles } from './files.ts'
import { toLinkedFile } from './linked-files.ts'
import { toJsonObject } from './json.ts'
import { toPictures } from './sheet-pictures.ts'

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
 * @param values for a text: what the cell shows (default), or its bare value
 * @param decimals of a CSV file
 */
export function prepare(
  row: RawRow,
  variables: Variable[],
  mapping: Mapping,
  rules: CellFileRules,
  values?: Reading['values'],
  decimals?: DecimalMarks,
): Prepared {
  // No prototype: a variable may be called __proto__.
  const prepared: Prepared = { inputs: Object.create(null) as Inputs, faults: [] }
  for (const variable of variables) {
    const column = mapping[variable.name]
    if (column === null || column === undefined) continue
    const cell = row.cells[column] ?? null
    const written =
      decimals && variable.type === 'number' && typeof cell === 'string'
        ? withDecimalComma(cell, variable.label, decimals(column))
        : undefined
    const link = row.links?.get(column)
    const linked = link === undefined ? undefined : toLinkedFile(cell, link, variable, rules)
    const listed = column === FILE_COLUMN ? listedFile(row, cell, variable, rules) : undefined
    const typed = written ?? listed ?? linked ?? take(cell, variable, rules, values)
    const taken = toPictures(row.row, column, typed, variable, rules) ?? typed
    if (!taken) continue
    if ('fault' in taken) prepared.faults.push({ fault: taken.fault, column })
    else {
      prepared.inputs[variable.name] = taken.value
      for (const fault of taken.notes ?? []) prepared.faults.push({ fault, column })
    }
    const note = noteOn(cell, variable, values)
    if (note) prepared.faults.push({ fault: note, column })
  }
  return prepared
}

/** True if the row cannot run because of one of its faults. */
export function isStopped(faults: CellFault[]): boolean {
  return faults.some(({ fault }) => SEVERITY[fault.code] !== 'nothing')
}

/** Which columns are sent as text and which as a number; a column that feeds both is shown as text. */
export type Fed = Map<number, 'text' | 'number'>

export function fedColumns(variables: Variable[], mapping: Mapping): Fed {
  const fed: Fed = new Map()
  for (const { name, type } of variables) {
    const column = mapping[name] ?? undefined
    if (column === undefined) continue
    if (isTextual(type)) fed.set(column, 'text')
    else if (type === 'number' && !fed.has(column)) fed.set(column, 'number')
  }
  return fed
}

/** Cells as the preview shows them and the result repeats them: what is sent, and of other columns what they show. */
export function toCells(
  { cells }: RawRow,
  fed: Fed,
  values?: Reading['values'],
  decimals?: DecimalMarks,
): Cell[] {
  return cells.map((value, column) => {
    const as = fed.get(column)
    if (as === 'number') return asNumber(value, decimals?.(column)) ?? toCell(value, values)
    if (as === undefined || typeof value !== 'number' || values === 'raw') return toCell(value, values)
    const text = shownText(value)
    return text === String(value) ? value : text
  })
}

function asNumber(value: Value, mark: DecimalMark = 'point'): number | string | undefined {
  if (typeof value === 'string') {
    const written = withDecimalComma(value, '', mark)
    if (!written) return readNumber(value)
    return 'value' in written && typeof written.value === 'number' ? written.value : undefined
  }
  return typeof value === 'object' && value !== null && 'number' in value ? allDigits(value) : undefined
}

function toCell(value: Value, values: Reading['values']): Cell {
  if (typeof value !== 'object' || value === null) return value
  if (values !== 'raw') return shownText(value) || null
  return 'number' in value && value.raw === undefined ? value.number : rawText(value) || null
}

export function isBlank(value: Value): boolean {
  if (value === null || typeof value === 'string') return value === null || isBlankText(value)
  return isPicture(value) && !isFilePicture(value)
}

/** Every cell is asked several times: most texts begin with a letter or digit of ASCII, and need not be trimmed. */
function isBlankText(text: string): boolean {
  const first = text.charCodeAt(0)
  return !(first > 0x20 && first < 0x80) && text.trim() === ''
}

export function isPicture(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'picture' in value
}

/** A picture in the cell, or over it, that is a file for an input. */
export function isFilePicture(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'picture' in value && value.isFile === true
}

/** An input may be required only because the app’s own default for it would be refused. */
function emptyFault({ label, type, options = [], default: byDefault }: Variable): Fault {
  return type === 'select' && typeof byDefault === 'string' && !options.includes(byDefault)
    ? { code: 'refused-default', label, value: byDefault }
    : { code: 'required', label }
}

/** Where what is sent is not what the cell shows, or not what the person once typed. */
function noteOn(value: Value, { label, type }: Variable, values: Reading['values']): Fault | undefined {
  const number = typeof value === 'object' && value !== null && 'number' in value ? value.number : value
  if (typeof number === 'number' && Number.isInteger(number) && Math.abs(number) >= EXACT)
    return { code: 'long-number', label }
  if (values === 'raw' || !isTextual(type)) return undefined
  const loss = lossOf(value)
  return loss && { code: NOTES[loss], label, sent: shownText(value) }
}

const NOTES = {
  hidden: 'hidden-by-format',
  hashes: 'shown-as-hashes',
  year: 'shown-without-year',
  digits: 'shown-with-exponent',
} as const satisfies Record<Loss, FaultCode>

function lossOf(value: Value): Loss | undefined {
  if (typeof value === 'object' && value !== null) return 'shown' in value ? value.loses : undefined
  // As `General` shows it, with six digits.
  const isLong = typeof value === 'number' && Number.isInteger(value) && Math.abs(value) >= LONG
  return isLong && Number(value.toPrecision(6)) !== value ? 'digits' : undefined
}

function isTextual(type: Variable['type']): boolean {
  return TEXTUAL.has(type)
}

const TEXTUAL = new Set<Variable['type']>(['text-input', 'paragraph', 'external_data_tool', 'select'])

/** Of a table that Rowbot made, each row stands for one file, even if several have the same name. */
function listedFile(
  { row }: RawRow,
  cell: Value,
  variable: Variable,
  rules: CellFileRules,
): Taken | undefined {
  if (!rules.listsFiles || (variable.type !== 'file' && variable.type !== 'file-list')) return undefined
  const file = rules.files?.ofRow(row, rawText(cell))
  return file && toGivenFiles([file], variable, rules)
}

/** What a cell gives to a variable, whatever column it is in; undefined: nothing is sent. */
export function take(
  value: Value,
  variable: Variable,
  rules: CellFileRules,
  values: Reading['values'],
): Taken | undefined {
  const { label } = variable
  if (typeof value === 'object' && value !== null) {
    if ('error' in value) return { fault: { code: 'error-cell', label, value: value.error } }
    if ('uncalculated' in value) return { fault: { code: 'uncalculated', label } }
  }
  if (isBlank(value) || isPicture(value)) {
    if (!variable.required) return undefined
    return { fault: isPicture(value) ? { code: 'required-picture', label } : emptyFault(variable) }
  }
  const seen = values === 'raw' ? rawText(value) : shownText(value)
  switch (variable.type) {
    case 'text-input':
    case 'paragraph':
    case 'external_data_tool':
      return toText(seen, variable)
    case 'select':
      return toOption(seen, variable)
    case 'number':
      return toNumber(value, variable)
    case 'checkbox':
      return toCheckbox(value, variable)
    case 'json_object':
      return toJsonObject(rawText(value), variable)
    case 'file':
      return toFile(rawText(value), variable, rules)
    case 'file-list':
      return toFiles(rawText(value), variable, rules)
  }
}
