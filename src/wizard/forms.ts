import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import type { Words } from '../messages/texts/texts.ts'
import { draftClick, type DraftVerb, NEW_CLICK } from '../messages/click-ids.ts'
import type { State } from './draft.ts'
import { parametersOf } from './submission.ts'
import type { Field, Form } from '../messages/prompt.ts'
import type { Sight } from './step-context.ts'

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

function fileField(forms: Words['wizard']['forms']): Field {
  return { type: 'file', id: 'file', label: forms.fileLabel }
}
