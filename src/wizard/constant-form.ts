import { lengthLimit, type Variable } from '../engine/workflow.ts'
import { draftClick, type DraftVerb } from '../messages/click-ids.ts'
import type { Field, Form } from '../messages/prompt.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import { clip } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { constantFault } from '../workbook/check/constants.ts'
import { allowedBy } from '../workbook/check/file-kinds.ts'
import { defaultOf } from '../workbook/check/defaults.ts'
import { toCheckbox } from '../workbook/check/values.ts'
import { constantField, constantFilesField } from './columns.ts'
import type { StepContext } from './step-context.ts'
import { type DraftState, without } from './draft.ts'
import { faultText } from './faults.ts'

/** The largest text field of the platforms: Slack’s. */
const MAX_CHARS = 3_000
const FIELD = 'value'
/** of the files that are uploaded in place of it */
export const FILES_FIELD = 'file'
/** In a select: no value for all rows. */
const NONE = 'none'

/** Of the columns step: one value for all rows, for the input that is chosen there, in a field of its kind. */
export function constantForm(context: StepContext): Form | undefined {
  const { draft, texts } = context
  const { forms } = texts.wizard
  const input = inputChosen(context)
  if (!input) return undefined
  const { constants, editedConstants, typed } = draft.state
  const id = draftClick(draft, 'constant')
  const given = editedConstants?.[input.name] ?? constants?.[input.name] ?? ''
  const before = typed?.form === id ? textIn(input, typed.values[FIELD] ?? given) : given
  return {
    id,
    title: forms.constant.title,
    fields: [fieldOf(input, before, texts), ...(takesUploads(input) ? [filesFieldOf(input, texts)] : [])],
    submit: forms.save,
  }
}

/** Where the files are uploaded; a platform shows no more than ten at once. */
function filesFieldOf(input: Variable, { wizard: { forms } }: Texts): Field {
  const { upload, uploadHint } = forms.constant
  const most = mostFiles(input)
  return {
    type: 'file',
    id: FILES_FIELD,
    label: upload(most === 1),
    hint: clip(uploadHint(most === 1, allowedBy(input).join(', ')), PROMPT_LIMITS.fieldHintChars),
    optional: true,
    ...(most > 1 && { several: most }),
  }
}

export function isFileInput({ type }: Variable): boolean {
  return type === 'file' || type === 'file-list'
}

/** False also for an input that takes only links, which Dify fetches itself. */
export function takesUploads(input: Variable): boolean {
  return isFileInput(input) && input.localFiles !== false
}

/** How many files are taken at once. */
export function mostFiles({ type, maxLength }: Variable): number {
  if (type === 'file') return 1
  const most = maxLength !== undefined && maxLength > 0 ? maxLength : PROMPT_LIMITS.filesInField
  return Math.min(most, PROMPT_LIMITS.filesInField)
}

function fieldOf(input: Variable, before: string, texts: Texts): Field {
  const { constant } = texts.wizard.forms
  const label = clip(input.label, PROMPT_LIMITS.fieldLabelChars)
  const choices = choicesOf(input, texts)
  if (choices) {
    const chosen = choices.findIndex(({ text }) => text === canonical(input, before))
    return {
      type: 'select',
      id: FIELD,
      label,
      hint: clip(constant.choose, PROMPT_LIMITS.fieldHintChars),
      options: [
        { value: NONE, label: clip(noneText(input, texts), PROMPT_LIMITS.optionChars) },
        ...choices.map((one, i) => ({ value: String(i), label: clip(one.label, PROMPT_LIMITS.optionChars) })),
      ],
      selected: chosen < 0 ? NONE : String(chosen),
    }
  }
  return {
    type: 'text',
    id: FIELD,
    label,
    hint: clip(hintOf(input, texts), PROMPT_LIMITS.fieldHintChars),
    value: clip(before, maxChars(input)),
    maxLength: maxChars(input),
    optional: true,
    ...(input.type === 'number' && { isNumber: true as const }),
    ...((input.type === 'paragraph' || input.type === 'json_object' || input.type === 'file-list') && {
      isLong: true as const,
    }),
  }
}

/** What an input without a value gets: nothing, or the workflow’s own default. */
export function noneText(input: Variable, { wizard: { forms } }: Texts): string {
  const own = defaultOf(input)
  return own ? forms.constant.ownDefault(own.text) : forms.constant.none
}

/** All that an input takes, where that is a short list. */
export function choicesOf(
  { type, options = [] }: Variable,
  { workflowsPage: { yes, no } }: Texts,
): { text: string; label: string }[] | undefined {
  if (type === 'checkbox')
    return [
      { text: 'true', label: yes },
      { text: 'false', label: no },
    ]
  // One more option is “no value”.
  if (type !== 'select' || options.length === 0 || options.length >= PROMPT_LIMITS.options) return undefined
  return options.map((option) => ({ text: option, label: option }))
}

/** As the choices have it: “yes” is true. */
export function canonical(input: Variable, text: string): string {
  if (input.type !== 'checkbox' || text.trim() === '') return text
  const taken = toCheckbox(text, input)
  return 'value' in taken ? JSON.stringify(taken.value) : text
}

/**
 * An empty value takes back what was given.
 * @returns undefined if no input is chosen
 */
export function withConstant(
  context: StepContext,
  values: Record<string, string>,
):
  | { errors: Record<string, string>; state?: undefined }
  | { errors?: undefined; state: DraftState }
  | undefined {
  const { state } = context.draft
  const input = inputChosen(context)
  if (!input) return undefined
  const value = textIn(input, values[FIELD] ?? '')
  const fault = constantFault(value, input)
  if (fault) return { errors: { [FIELD]: faultText(fault, context.texts) } }
  const isEmpty = value.trim() === ''
  return {
    state: {
      ...state,
      // An input has a column or a value, never both.
      edited: isEmpty ? without(state.edited ?? {}, input.name) : { ...state.edited, [input.name]: null },
      editedConstants: { ...state.editedConstants, [input.name]: isEmpty ? null : value },
    },
  }
}

/** The fields of a form for files that are an input’s value for all rows, and for what is typed beside them. */
export function constantFileFields(
  context: StepContext,
  verb: DraftVerb,
): { input: Variable; files: string; value: string }[] {
  if (verb === 'constant') {
    const input = inputChosen(context)
    return input && takesUploads(input) ? [{ input, files: FILES_FIELD, value: FIELD }] : []
  }
  const all = verb === 'mapping' ? (context.workflow?.variables ?? []) : []
  return all.filter(takesUploads).map((input) => ({
    input,
    files: constantFilesField(input.name),
    value: constantField(input.name),
  }))
}

/** The text that a field of the form stands for: of a choice, the option itself. */
function textIn(input: Variable, value: string): string {
  const { options = [] } = input
  if (input.type === 'checkbox') return { '0': 'true', '1': 'false', [NONE]: '' }[value] ?? value
  if (input.type !== 'select' || options.length === 0 || options.length >= PROMPT_LIMITS.options) return value
  if (value === NONE) return ''
  return (/^\d{1,3}$/.test(value) ? options[Number(value)] : undefined) ?? value
}

/** The input that is chosen in the columns step. */
export function inputChosen({ draft, workflow }: StepContext): Variable | undefined {
  return workflow?.variables.find(({ name }) => name === draft.state.input)
}

function hintOf(input: Variable, texts: Texts): string {
  const { constant } = texts.wizard.forms
  const { options = [], type } = input
  if (type === 'select' && options.length > 0) return constant.options(options.join(', '))
  if (isFileInput(input)) return takesUploads(input) ? constant.file : constant.link
  const own = defaultOf(input)
  return own ? constant.hintWithDefault(clip(own.text, 40)) : constant.hint
}

function maxChars(input: Variable): number {
  const limit = input.type === 'text-input' || input.type === 'paragraph' ? lengthLimit(input) : undefined
  return Math.min(limit ?? MAX_CHARS, MAX_CHARS)
}
