import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import type { Parameters } from '../engine/task.ts'
import type { Words } from '../words/words.ts'
import { draftClick, type DraftVerb, NEW_CLICK } from './click-ids.ts'
import type { Draft, State } from './draft.ts'
import { parametersOf } from './parameters.ts'
import type { Field, Form } from './prompt.ts'
import type { Sight } from './step.ts'

/** Excel’s own last row. */
const MAX_ROW = 1_048_576

/** A form that begins a batch with a file, where a face has no other way to send one. */
export function newForm({ wizard: { forms } }: Words): Form {
  return { id: NEW_CLICK, title: forms.newBatch, fields: [fileField(forms)], submit: forms.send }
}

/** The form of a draft that a verb opens, as it was left. Undefined: it opens none. */
export function formOf(verb: DraftVerb, sight: Sight): Form | undefined {
  if (verb === 'file') return fileForm(sight)
  if (verb === 'heading') return headingRowForm(sight)
  return verb === 'exact' ? exactForm(sight) : undefined
}

export function fileForm({ draft, words }: Sight): Form {
  const { forms } = words.wizard
  return { id: draftClick(draft, 'file'), title: forms.file, fields: [fileField(forms)], submit: forms.send }
}

export function headingRowForm({ draft, words }: Sight): Form {
  const { forms } = words.wizard
  const value = String(draft.state.look?.headingRow ?? 1)
  const form: Form = {
    id: draftClick(draft, 'heading'),
    title: forms.headingRow,
    fields: [{ type: 'text', id: 'row', label: forms.headingRowLabel, value, maxLength: 7 }],
    submit: forms.save,
  }
  return asLeft(form, draft.state)
}

export function exactForm(sight: Sight): Form {
  const { forms } = sight.words.wizard
  const values = parametersOf(sight)
  const number = (id: keyof typeof RANGES, label: string): Field => ({
    type: 'text',
    id,
    label,
    hint: forms.range(RANGES[id].min, RANGES[id].max),
    value: String(values[id]),
    maxLength: 5,
  })
  const form: Form = {
    id: draftClick(sight.draft, 'exact'),
    title: forms.exact,
    fields: [
      { type: 'text', id: 'name', label: forms.name, value: values.name, maxLength: NAME_CHARS },
      number('concurrency', forms.concurrency),
      number('retries', forms.retries),
      number('timeoutSeconds', forms.timeout),
    ],
    submit: forms.save,
  }
  return asLeft(form, sight.draft.state)
}

/** With what was typed into it before, where that was not taken. */
function asLeft(form: Form, { typed }: State): Form {
  if (typed?.form !== form.id) return form
  const fields = form.fields.map((field) =>
    field.type === 'text' ? { ...field, value: typed.values[field.id] ?? field.value } : field,
  )
  return { ...form, fields }
}

/** What a form that was sent off comes to: sentences by field, or the draft as it is then. */
export type Filled =
  | { errors: Record<string, string>; state?: undefined }
  | { errors?: undefined; state: State; look: boolean }

/** Undefined: not a form that the draft has now. */
export function fill(
  { state }: Draft,
  verb: DraftVerb,
  values: Record<string, string>,
  words: Words,
): Filled | undefined {
  if (verb === 'heading' && state.step === 'columns') return fillHeadingRow(state, values, words)
  if (verb === 'exact' && state.step === 'parameters') return fillExact(state, values, words)
  return undefined
}

function fillHeadingRow(state: State, values: Record<string, string>, words: Words): Filled {
  const headingRow = wholeNumber(values['row'])
  if (headingRow === undefined || headingRow < 1 || headingRow > MAX_ROW)
    return { errors: { row: words.wizard.forms.wholeNumber(1, MAX_ROW) } }
  const { remembered: _remembered, edited: _edited, ...rest } = state
  return { state: { ...rest, step: 'check', headingRow, mapping: {} }, look: true }
}

function fillExact(state: State, values: Record<string, string>, { wizard: { forms } }: Words): Filled {
  const errors: Record<string, string> = {}
  const parameters: Partial<Parameters> = {}
  const name = (values['name'] ?? '').trim()
  if (name === '') errors['name'] = forms.nameMissing
  else if ([...name].length > NAME_CHARS) errors['name'] = forms.nameTooLong(NAME_CHARS)
  else parameters.name = name
  for (const key of ['concurrency', 'retries', 'timeoutSeconds'] as const) {
    const { min, max } = RANGES[key]
    const value = wholeNumber(values[key])
    if (value === undefined || value < min || value > max) errors[key] = forms.wholeNumber(min, max)
    else parameters[key] = value
  }
  return Object.keys(errors).length > 0 ? { errors } : { state: { ...state, parameters }, look: false }
}

/** As a person types it: spaces around it and full-width digits are no fault. */
function wholeNumber(text: string | undefined): number | undefined {
  const digits = (text ?? '').normalize('NFKC').trim()
  return /^\d{1,7}$/.test(digits) ? Number(digits) : undefined
}

function fileField(forms: Words['wizard']['forms']): Field {
  return { type: 'file', id: 'file', label: forms.fileLabel }
}
