import type { StoredForm } from '../db/rows/forms.ts'
import type { RunFormField } from '../engine/form.ts'
import { UserError } from '../engine/user-error.ts'
import { questionClick } from '../messages/click-ids.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import type { Field, Form } from '../messages/prompt.ts'
import { clip } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'

/** One of a form’s fields asks for which rows the answer is. */
export const FIELDS_SHOWN = PROMPT_LIMITS.fields - 1
/** Longer texts that a field begins with are cut in the form; left as they are there, they are sent whole. */
const FIELD_CHARS = 3_000

/** Field ids of a form: its fields by their position, since their names may be anything. */
const fieldId = (index: number) => `f${index}`
export const ROWS_FIELD = 'rows'
export const ALL_ROWS = 'all'

/**
 * The dialog that asks for the fields of a form.
 * @param action position of the button that was clicked
 * @param alike how many forms ask the same
 */
export function questionForm(form: StoredForm, action: number, alike: number, texts: Texts): Form {
  const said = texts.questions.form
  const submit = form.actions[action]?.title.trim() || '…'
  return {
    id: questionClick({ id: form.id, verb: 'fill', action }),
    title: clip(said.title(form.row), PROMPT_LIMITS.formTitleChars),
    submit: clip(submit, PROMPT_LIMITS.formTitleChars),
    fields: [
      ...form.fields.slice(0, FIELDS_SHOWN).map(fieldOf),
      ...(alike > 1
        ? [
            {
              type: 'select' as const,
              id: ROWS_FIELD,
              label: clip(`${clip(submit, 20)}: ${said.rows}`, PROMPT_LIMITS.fieldLabelChars),
              options: [
                { value: 'this', label: said.onlyThis(form.row) },
                { value: ALL_ROWS, label: said.all(alike) },
              ],
              selected: 'this',
            },
          ]
        : []),
    ],
  }
}

/** Shown as a select, whose values are positions. */
function isShortList({ type, options }: RunFormField): boolean {
  return type === 'select' && options.length > 0 && options.length <= PROMPT_LIMITS.options
}

function fieldOf(field: RunFormField, index: number): Field {
  const { name, type, initial, options } = field
  const label = clip(name.trim() || '…', PROMPT_LIMITS.fieldLabelChars)
  const id = fieldId(index)
  if (isShortList(field)) {
    const chosen = options.indexOf(initial)
    return {
      type: 'select',
      id,
      label,
      options: options.map((option, value) => ({
        value: String(value),
        label: clip(option.trim() || '…', PROMPT_LIMITS.optionChars),
      })),
      ...(chosen >= 0 && { selected: String(chosen) }),
    }
  }
  const isLong = type === 'paragraph' || initial.includes('\n')
  return {
    type: 'text',
    id,
    label,
    value: clip(initial, FIELD_CHARS),
    maxLength: FIELD_CHARS,
    optional: true,
    ...(isLong && { isLong }),
  }
}

/**
 * What was typed and chosen in it, by the fields’ names; without what was left as it was.
 * @throws UserError if something that was typed is none of a long list
 */
export function inputsOf(
  { fields }: Pick<StoredForm, 'fields'>,
  values: Record<string, string>,
  { questions }: Texts,
): Record<string, string> {
  const inputs: Record<string, string> = {}
  for (const [index, field] of fields.entries()) {
    const { name, type, initial, options } = field
    const given = values[fieldId(index)]
    const isPosition = isShortList(field)
    if (given === undefined || (isPosition && given === '')) continue
    // Left as it was: what the form shows may be only its beginning.
    if (!isPosition && given.trim() === clip(initial, FIELD_CHARS).trim()) continue
    const text = isPosition ? options[Number(given)] : given
    const isOneOf = type !== 'select' || options.length === 0 || options.includes(text ?? '')
    if (text === undefined || !isOneOf)
      throw new UserError(questions.private.notOneOf(clip(name, 80)), options.slice(0, 20).join(', '))
    inputs[name] = text
  }
  return inputs
}
