import { limitText, NO_LIMIT } from '../engine/limits.ts'
import { chosenLimit } from './limit-lines.ts'
import { NAME_CHARS, RANGES } from '../engine/parameters.ts'
import { MAX_SAMPLE } from '../engine/trial.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import { draftClick, type DraftVerb, NEW_CLICK } from '../messages/click-ids.ts'
import { constantForm } from './constant-form.ts'
import type { DraftState } from './draft.ts'
import { keyForm } from './row-key.ts'
import { notifyForm } from './notify-form.ts'
import { parametersOf } from './submission.ts'
import type { Field, Form } from '../messages/prompt.ts'
import type { StepContext } from './step-context.ts'
import { rowConditionsText } from '../workbook/row-conditions.ts'
import { rowRangesText } from '../workbook/row-ranges.ts'

/** The form that starts a batch with a file, for faces where a file cannot be sent otherwise. */
export function newForm({ wizard: { forms } }: Texts): Form {
  return { id: NEW_CLICK, title: forms.newBatch, fields: [filesField(forms)], submit: forms.send }
}

/** The form that a verb opens, filled with the draft’s values. Undefined: this verb opens no form. */
export function formOf(verb: DraftVerb, context: StepContext): Form | undefined {
  if (verb === 'search') return searchForm(context)
  if (verb === 'file') return fileForm(context)
  if (verb === 'files') return moreFilesForm(context)
  if (verb === 'extent') return extentForm(context)
  if (verb === 'key') return withTypedValues(keyForm(context), context.draft.state)
  if (verb === 'constant') return constantForm(context)
  if (verb === 'sample') return sampleForm(context)
  if (verb === 'notify') return withTypedValues(notifyForm(context), context.draft.state)
  return verb === 'exact' ? exactForm(context) : undefined
}

/** Words to find a workflow by, where the list is longer than a select. */
export function searchForm({ draft, texts }: StepContext): Form {
  const { forms, pick, buttons } = texts.wizard
  return {
    id: draftClick(draft, 'search'),
    title: forms.search,
    fields: [
      {
        type: 'text',
        id: 'search',
        label: pick.searchLabel,
        hint: pick.searchFormHint,
        value: draft.state.search ?? '',
        maxLength: MAX_SEARCH_CHARS,
        optional: true,
      },
    ],
    submit: buttons.search,
  }
}

export const MAX_SEARCH_CHARS = 100

export function fileForm({ draft, texts }: StepContext): Form {
  const { forms } = texts.wizard
  return { id: draftClick(draft, 'file'), title: forms.file, fields: [fileField(forms)], submit: forms.send }
}

/** Further files beside the sheet, or a ZIP of them. */
export function moreFilesForm({ draft, texts }: StepContext): Form {
  const { forms } = texts.wizard
  const fields = [{ ...filesField(forms), label: forms.moreFilesLabel }]
  return { id: draftClick(draft, 'files'), title: forms.moreFiles, fields, submit: forms.send }
}

/** Where the table is in the sheet, and which of its rows are meant. */
export function extentForm({ draft, texts }: StepContext): Form {
  const { extent, save } = texts.wizard.forms
  const { reading, inspection } = draft.state
  const only = typeof reading.rows === 'object' ? rowRangesText(reading.rows) : ''
  const field = (id: ExtentField, value: string, maxLength: number): Field => ({
    type: 'text',
    id,
    label: extent.labels[id],
    hint: extent.hints[id],
    value,
    maxLength,
    ...((id === 'lastRow' || id === 'only' || id === 'where') && { optional: true }),
  })
  const form: Form = {
    id: draftClick(draft, 'extent'),
    title: extent.title,
    fields: [
      field('row', String(inspection?.headingRow ?? 1), 7),
      field('headingRows', String(inspection?.headingRows ?? 1), 1),
      field('lastRow', String(reading.lastRow ?? ''), 7),
      field('only', only, 500),
      field('where', rowConditionsText(reading.where ?? []), 500),
    ],
    submit: save,
  }
  return withTypedValues(form, draft.state)
}

export type ExtentField = 'row' | 'headingRows' | 'lastRow' | 'only' | 'where'

/** As it was typed, or what the workflow says. */
function typedLimit(context: StepContext): string {
  const { limit } = context.draft.state
  if (limit !== undefined) return limit === NO_LIMIT ? '' : limit
  const own = chosenLimit(context)
  return own ? limitText(own) : ''
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
      {
        type: 'text',
        id: 'limit',
        label: forms.limit,
        hint: forms.limitHint,
        value: typedLimit(context),
        maxLength: 40,
        optional: true,
      },
    ],
    submit: forms.save,
  }
  return withTypedValues(form, context.draft.state)
}

/** How many rows to try before the others. */
export function sampleForm({ draft, texts }: StepContext): Form {
  const { form: words } = draft.state.against ? texts.comparison : texts.trial
  const form: Form = {
    id: draftClick(draft, 'sample'),
    title: words.title,
    fields: [
      {
        type: 'text',
        id: 'rows',
        label: words.label,
        hint: words.hint(mostTried(draft.state)),
        value: String(Math.min(USUAL_SAMPLE, mostTried(draft.state))),
        maxLength: 4,
      },
    ],
    submit: words.submit,
  }
  return withTypedValues(form, draft.state)
}

/** Some rows must be left to wait for the trial. */
export function mostTried({ inspection }: DraftState): number {
  return Math.min(MAX_SAMPLE, (inspection?.good ?? 0) - 1)
}

const USUAL_SAMPLE = 10

/** Filled with what was typed before, if that was rejected. */
function withTypedValues(form: Form, { typed }: DraftState): Form {
  if (typed?.form !== form.id) return form
  const fields = form.fields.map((field) =>
    field.type === 'text' ? { ...field, value: typed.values[field.id] ?? field.value } : field,
  )
  return { ...form, fields }
}

/** A workbook and what comes along with it, or files without one. */
function filesField(forms: Texts['wizard']['forms']): Field {
  return { type: 'file', id: 'file', label: forms.filesLabel, several: PROMPT_LIMITS.filesInField }
}

function fileField(forms: Texts['wizard']['forms']): Field {
  return { type: 'file', id: 'file', label: forms.fileLabel }
}
