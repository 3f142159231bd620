import { lengthLimit, type Variable } from '../engine/workflow.ts'
import { draftClick } from '../messages/click-ids.ts'
import type { Form } from '../messages/prompt.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import { clip } from '../messages/rich-text.ts'
import type { StepContext } from './step-context.ts'
import { type DraftState, without } from './draft.ts'

/** The largest text field of the platforms: Slack’s. */
const MAX_CHARS = 3_000
const FIELD = 'value'

/** Of the columns step: one value for all rows, for the input that is chosen there. */
export function constantForm(context: StepContext): Form | undefined {
  const { draft, texts } = context
  const { forms } = texts.wizard
  const input = inputChosen(context)
  if (!input) return undefined
  const { constants, editedConstants, typed } = draft.state
  const id = draftClick(draft, 'constant')
  const before = editedConstants?.[input.name] ?? constants?.[input.name] ?? ''
  const hint = clip(hintOf(input, forms.constant), PROMPT_LIMITS.fieldHintChars)
  return {
    id,
    title: forms.constant.title,
    fields: [
      {
        type: 'text',
        id: FIELD,
        label: clip(input.label, PROMPT_LIMITS.fieldLabelChars),
        hint,
        value: clip(typed?.form === id ? (typed.values[FIELD] ?? before) : before, maxChars(input)),
        maxLength: maxChars(input),
        optional: true,
      },
    ],
    submit: forms.save,
  }
}

/** An empty value takes back what was given. The check, which follows, says if it does not fit. */
export function withConstant(context: StepContext, values: Record<string, string>): DraftState | undefined {
  const { state } = context.draft
  const input = inputChosen(context)
  if (!input) return undefined
  const value = values[FIELD] ?? ''
  const isEmpty = value.trim() === ''
  return {
    ...state,
    // An input has a column or a value, never both.
    edited: isEmpty ? without(state.edited ?? {}, input.name) : { ...state.edited, [input.name]: null },
    editedConstants: { ...state.editedConstants, [input.name]: isEmpty ? null : value },
  }
}

/** The input that is chosen in the columns step. */
export function inputChosen({ draft, workflow }: StepContext): Variable | undefined {
  return workflow?.variables.find(({ name }) => name === draft.state.input)
}

function hintOf(
  { options = [], type }: Variable,
  texts: { hint: string; options: (all: string) => string; yesOrNo: string },
): string {
  if (type === 'select' && options.length > 0) return texts.options(options.join(', '))
  return type === 'checkbox' ? texts.yesOrNo : texts.hint
}

function maxChars(input: Variable): number {
  const limit = input.type === 'file-list' ? undefined : lengthLimit(input)
  return Math.min(limit ?? MAX_CHARS, MAX_CHARS)
}
