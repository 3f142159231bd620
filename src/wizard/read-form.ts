import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import type { Parameters } from '../engine/task.ts'
import { rowConditionsOf } from '../workbook/row-conditions.ts'
import { MAX_ROW, rowRangesOf } from '../workbook/row-ranges.ts'
import { constantFault } from '../workbook/check/constants.ts'
import { columnConditions } from '../workbook/check/condition-columns.ts'
import type { Mapping, Reading, RowCondition } from '../workbook/types.ts'
import type { DraftVerb } from '../messages/click-ids.ts'
import { clip } from '../messages/rich-text.ts'
import { columnField, columnOf, constantField } from './columns.ts'
import { withConstant } from './constant-form.ts'
import { type DraftState, without } from './draft.ts'
import { faultText } from './faults.ts'
import { type ExtentField, MAX_SEARCH_CHARS, mostTried } from './forms.ts'
import { fillNotify } from './notify-form.ts'
import { fillKey } from './row-key.ts'
import { onSheetShown } from './inspection.ts'
import { defaultName } from './submission.ts'
import type { StepContext } from './step-context.ts'
import { applyMapping } from './steps/title-and-file.ts'
import { isLimit, limitText, NO_LIMIT } from '../engine/limits.ts'

/** The result of a submitted form: errors by field, or the draft’s new state; `start`: it becomes a task with that. */
export type Filled =
  | { errors: Record<string, string>; state?: undefined }
  | { errors?: undefined; state: DraftState; reinspect: boolean; start?: { tryFirst: number } }

/** Undefined: the draft does not have this form in its present step. */
export function fill(
  context: StepContext,
  verb: DraftVerb,
  values: Record<string, string>,
): Filled | undefined {
  const { step } = context.draft.state
  if (verb === 'search' && (step === 'workflow' || !context.workflow)) return fillSearch(context, values)
  if (verb === 'extent' && (step === 'reading' || step === 'check')) return fillExtent(context, values)
  if (verb === 'key' && (step === 'reading' || step === 'check')) return fillKey(context, values)
  if (verb === 'mapping' && step === 'columns') return fillMapping(context, values)
  if (verb === 'constant' && step === 'columns') {
    const filled = withConstant(context, values)
    return filled?.state ? { state: filled.state, reinspect: false } : filled
  }
  if (verb === 'exact' && step === 'parameters') return fillExact(context, values)
  if (verb === 'notify' && step === 'parameters') return fillNotify(context, values)
  if (verb === 'sample' && step === 'confirm') return fillSample(context, values)
  return undefined
}

/** Nothing typed: all are shown again. */
function fillSearch({ draft: { state } }: StepContext, values: Record<string, string>): Filled {
  const search = searchText(values['search'] ?? '')
  const rest = { ...without(state, 'search'), pages: without(state.pages, 'workflow') }
  return { state: { ...rest, ...(search !== '' && { search }) }, reinspect: false }
}

export function searchText(typed: string): string {
  return clip(typed.replaceAll(/\s+/g, ' ').trim(), MAX_SEARCH_CHARS)
}

function fillExtent({ draft: { state }, texts }: StepContext, values: Record<string, string>): Filled {
  const { forms } = texts.wizard
  const errors: Partial<Record<ExtentField, string>> = {}
  const { rows: before, ...rest } = without(
    onSheetShown(state),
    'headingRow',
    'headingRows',
    'lastRow',
    'where',
  )
  const reading: Reading = before === 'visible' ? { ...rest, rows: before } : rest
  const row = (id: 'row' | 'lastRow'): number | undefined => {
    if (id === 'lastRow' && isEmpty(values[id])) return undefined
    const number = wholeNumber(values[id])
    if (number !== undefined && number >= 1 && number <= MAX_ROW) return number
    errors[id] = forms.wholeNumber(1, MAX_ROW)
    return undefined
  }
  const headingRow = row('row')
  const lastRow = row('lastRow')
  if (headingRow !== undefined) reading.headingRow = headingRow
  if (lastRow !== undefined) {
    if (headingRow !== undefined && lastRow <= headingRow) errors.lastRow = forms.extent.endsAbove
    reading.lastRow = lastRow
  }
  const headingRows = wholeNumber(values['headingRows'] ?? '1')
  if (headingRows === 1 || headingRows === 2) reading.headingRows = headingRows
  else errors.headingRows = forms.wholeNumber(1, 2)
  if (!isEmpty(values['only'])) {
    try {
      reading.rows = rowRangesOf(values['only'] ?? '')
    } catch {
      errors.only = forms.extent.notRows
    }
  }
  if (!isEmpty(values['where'])) {
    try {
      reading.where = rowConditionsOf(values['where'] ?? '')
    } catch {
      errors.where = forms.extent.noCondition
    }
  }
  const { inspection } = state
  const isSameHead = headingRow === inspection?.headingRow && headingRows === (inspection?.headingRows ?? 1)
  if (isSameHead && reading.where && !areColumns(reading.where, inspection?.headings ?? []))
    errors.where = forms.extent.noColumn
  if (Object.keys(errors).length > 0) return { errors }
  const next = without(state, 'remembered', 'edited')
  const read = isSameHead ? { reading } : { reading: without(reading, 'key'), mapping: {} }
  return { state: { ...next, ...read }, reinspect: true }
}

/** With other headings, only the check knows. */
function areColumns(where: RowCondition[], headings: string[]): boolean {
  try {
    columnConditions(where, headings)
    return true
  } catch {
    return false
  }
}

function isEmpty(text: string | undefined): boolean {
  return text === undefined || text.trim() === ''
}

/**
 * Only differences from the automatic mapping count as chosen by hand, and the answers to what was proposed. An input
 * with a column has no value for all rows.
 */
function fillMapping({ draft, workflow, texts }: StepContext, values: Record<string, string>): Filled {
  const { inspection } = draft.state
  const errors: Record<string, string> = {}
  const edited: Mapping = {}
  const editedConstants: Record<string, string | null> = {}
  for (const variable of workflow?.variables ?? []) {
    const { name } = variable
    const value = values[columnField(name)]
    const constant = values[constantField(name)]
    if (value === undefined || !inspection) continue
    const column = columnOf(value, inspection)
    if (column === undefined) errors[columnField(name)] = texts.wizard.forms.columnGone
    else if (column !== (inspection.mapping[name] ?? null) || inspection.proposals[name] !== undefined)
      edited[name] = column
    const text = constant === undefined || constant.trim() === '' ? null : constant
    if (text !== null && typeof column === 'number')
      errors[constantField(name)] = texts.wizard.forms.columnOrValue
    const fault = text === null || typeof column === 'number' ? undefined : constantFault(text, variable)
    if (fault) errors[constantField(name)] = faultText(fault, texts)
    if (text !== (draft.state.constants?.[name] ?? null)) editedConstants[name] = text
  }
  if (Object.keys(errors).length > 0) return { errors }
  return applyMapping({ ...draft.state, edited, editedConstants })
}

function fillExact(context: StepContext, values: Record<string, string>): Filled {
  const { draft, texts } = context
  const { forms } = texts.wizard
  const errors: Record<string, string> = {}
  const parameters: Partial<Parameters> = {}
  const name = (values['name'] ?? '').trim()
  if (name === '') errors['name'] = forms.nameMissing
  else if ([...name].length > NAME_CHARS) errors['name'] = forms.nameTooLong(NAME_CHARS)
  else if (name !== defaultName(context)) parameters.name = name
  for (const key of ['concurrency', 'retries', 'timeoutSeconds'] as const) {
    const { min, max } = RANGES[key]
    const value = wholeNumber(values[key])
    if (value === undefined || value < min || value > max) errors[key] = forms.wholeNumber(min, max)
    else parameters[key] = value
  }
  const limit = (values['limit'] ?? '').normalize('NFKC').trim()
  if (limit !== '' && !isLimit(limit)) errors['limit'] = forms.limitWrong
  if (Object.keys(errors).length > 0) return { errors }
  const { limit: _before, ...state } = draft.state
  const { perTask } = context.workflow ?? {}
  const own = perTask ? limitText(perTask) : ''
  return {
    state: { ...state, parameters, ...(limit !== own && { limit: limit === '' ? NO_LIMIT : limit }) },
    reinspect: false,
  }
}

function fillSample({ draft: { state }, texts }: StepContext, values: Record<string, string>): Filled {
  const rows = wholeNumber(values['rows'])
  const most = mostTried(state)
  if (rows === undefined || rows < 1 || rows > most)
    return { errors: { rows: texts.wizard.forms.wholeNumber(1, most) } }
  return { state, reinspect: false, start: { tryFirst: rows } }
}

/** As people type it: surrounding spaces and full-width digits are accepted. */
function wholeNumber(text: string | undefined): number | undefined {
  const digits = (text ?? '').normalize('NFKC').trim()
  return /^\d{1,7}$/.test(digits) ? Number(digits) : undefined
}
