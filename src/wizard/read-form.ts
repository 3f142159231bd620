import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import type { Parameters } from '../engine/task.ts'
import type { Mapping } from '../workbook/types.ts'
import type { DraftVerb } from '../messages/click-ids.ts'
import { columnField, columnOf } from './columns.ts'
import { type DraftState, without } from './draft.ts'
import { defaultName } from './submission.ts'
import type { StepContext } from './step-context.ts'
import { applyMapping } from './steps/title-and-file.ts'

/** Excel’s last possible row. */
const MAX_ROW = 1_048_576

/** The result of a submitted form: errors by field, or the draft’s new state. */
export type Filled =
  | { errors: Record<string, string>; state?: undefined }
  | { errors?: undefined; state: DraftState; reinspect: boolean }

/** Undefined: the draft does not have this form in its present step. */
export function fill(
  context: StepContext,
  verb: DraftVerb,
  values: Record<string, string>,
): Filled | undefined {
  const { step } = context.draft.state
  if (verb === 'heading' && step === 'columns') return fillHeadingRow(context, values)
  if (verb === 'mapping' && step === 'columns') return fillMapping(context, values)
  if (verb === 'exact' && step === 'parameters') return fillExact(context, values)
  return undefined
}

function fillHeadingRow({ draft: { state }, texts }: StepContext, values: Record<string, string>): Filled {
  const headingRow = wholeNumber(values['row'])
  if (headingRow === undefined || headingRow < 1 || headingRow > MAX_ROW)
    return { errors: { row: texts.wizard.forms.wholeNumber(1, MAX_ROW) } }
  const rest = without(state, 'remembered', 'edited')
  return { state: { ...rest, step: 'check', headingRow, mapping: {} }, reinspect: true }
}

/** Only differences from the automatic mapping count as chosen by hand, and the answers to what was proposed. */
function fillMapping({ draft, workflow, texts }: StepContext, values: Record<string, string>): Filled {
  const { inspection } = draft.state
  const errors: Record<string, string> = {}
  const edited: Mapping = {}
  for (const { name } of workflow?.variables ?? []) {
    const value = values[columnField(name)]
    if (value === undefined || !inspection) continue
    const column = columnOf(value, inspection)
    if (column === undefined) errors[columnField(name)] = texts.wizard.forms.columnGone
    else if (column !== (inspection.mapping[name] ?? null) || inspection.proposals[name] !== undefined)
      edited[name] = column
  }
  if (Object.keys(errors).length > 0) return { errors }
  return applyMapping({ ...draft.state, edited })
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
  return Object.keys(errors).length > 0
    ? { errors }
    : { state: { ...draft.state, parameters }, reinspect: false }
}

/** As people type it: surrounding spaces and full-width digits are accepted. */
function wholeNumber(text: string | undefined): number | undefined {
  const digits = (text ?? '').normalize('NFKC').trim()
  return /^\d{1,7}$/.test(digits) ? Number(digits) : undefined
}
