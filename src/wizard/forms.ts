import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { draftClick, type DraftVerb, NEW_CLICK } from '../messages/click-ids.ts'
import type { DraftState } from './draft.ts'
import { parametersOf } from './submission.ts'
import type { Field, Form } from '../messages/prompt.ts'
import type { StepContext } from './step-context.ts'

/** A form that begins a batch with a file, where a face has no other way to send one. */
export function newForm({ wizard: { forms } }: Texts): Form {
  return { id: NEW_CLICK, title: forms.newBatch, fields: [fileField(forms)], submit: forms.send }
}

/** The form of a draft that a verb opens, as it was left. Undefined: it opens none. */
export function formOf(verb: DraftVerb, context: StepContext): Form | undefined {
  if (verb === 'file') return fileForm(context)
  if (verb === 'heading') return headingRowForm(context)
  return verb === 'exact' ? exactForm(context) : undefined
}

export function fileForm({ draft, texts }: StepContext): Form {
  const { forms } = texts.wizard
  return { id: draftClick(draft, 'file'), title: forms.file, fields: [fileField(forms)], submit: forms.send }
}

export function headingRowForm({ draft, texts }: StepContext): Form {
  const { forms } = texts.wizard
  const value = String(draft.state.inspection?.headingRow ?? 1)
  const form: Form = {
    id: draftClick(draft, 'heading'),
    title: forms.headingRow,
    fields: [{ type: 'text', id: 'row', label: forms.headingRowLabel, value, maxLength: 7 }],
    submit: forms.save,
  }
  return withTypedValues(form, draft.state)
}

export function exactForm(context: StepContext): Form {
  const { forms } = context.texts.wizard
  const values = parametersOf(context)
  const number = (id: keyof typeof RANGES, label: string): Field => ({
    type: 'text',
    id,
    label,
    hint: forms.range(RANGES[id].min, RANGES[id].max),
    value: String(values[id]),
    maxLength: 5,
  })
  const form: Form = {
    id: draftClick(context.draft, 'exact'),
    title: forms.exact,
    fields: [
      { type: 'text', id: 'name', label: forms.name, value: values.name, maxLength: NAME_CHARS },
      number('concurrency', forms.concurrency),
      number('retries', forms.retries),
      number('timeoutSeconds', forms.timeout),
    ],
    submit: forms.save,
  }
  return withTypedValues(form, context.draft.state)
}

/** With what was typed into it before, where that was not taken. */
function withTypedValues(form: Form, { typed }: DraftState): Form {
  if (typed?.form !== form.id) return form
  const fields = form.fields.map((field) =>
    field.type === 'text' ? { ...field, value: typed.values[field.id] ?? field.value } : field,
  )
  return { ...form, fields }
}

function fileField(forms: Texts['wizard']['forms']): Field {
  return { type: 'file', id: 'file', label: forms.fileLabel }
}
