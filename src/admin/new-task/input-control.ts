import type { Variable } from '../../engine/workflow.ts'
import { canonical, choicesOf, mostFiles, noneText } from '../../wizard/constant-form.ts'
import { defaultOf } from '../../workbook/check/defaults.ts'
import { clip } from '../../messages/rich-text.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { html, type Html } from '../view/html.ts'
import { allowedBy } from '../../workbook/check/file-kinds.ts'

export const LABEL_CHARS = 60

export interface InputControl {
  /** as it is sent */
  field: string
  /** of the element; no white space */
  id: string
  value: string
  /** if it has no label element of its own */
  ariaLabel?: string
  placeholder?: string
  /** ids of what describes it */
  describedBy?: string | undefined
  isWrong: boolean
  /** it is where the page begins */
  isFocused?: boolean
  rows?: number
  /** what a select has for no value, unless the workflow has its own default */
  none?: string
}

/** A field of the kind of an input: a select where all it takes is a short list, or text. */
export function inputControl(
  variable: Variable,
  {
    field,
    id,
    value,
    ariaLabel,
    placeholder = '',
    describedBy,
    isWrong,
    isFocused = false,
    rows = 2,
    none,
  }: InputControl,
  texts: Texts,
): Html {
  const { type } = variable
  const attributes = html`id="${id}" name="${field}"
  ${ariaLabel === undefined ? '' : html`aria-label="${ariaLabel}"`}
  ${isWrong ? html`aria-invalid="true"` : ''} ${isFocused ? html`autofocus` : ''}
  ${describedBy === undefined ? '' : html`aria-describedby="${describedBy}"`}`
  const choices = choicesOf(variable, texts)
  if (choices) {
    const chosen = canonical(variable, value)
    return html`<select ${attributes}>
      <option value="">
        ${none === undefined || defaultOf(variable) ? noneText(variable, texts) : none}
      </option>
      ${choices.map(
        ({ text, label: shown }) =>
          html`<option value="${text}" ${text === chosen ? html`selected` : ''}>
            ${clip(shown, LABEL_CHARS)}
          </option>`,
      )}
    </select>`
  }
  // A browser leaves out a line break right after the tag.
  const inside = `\n${value}`
  if (type === 'paragraph' || type === 'json_object')
    return html`<textarea ${attributes} rows="${rows}" placeholder="${placeholder}">${inside}</textarea>`
  return html`<input
    ${attributes}
    type="text"
    ${type === 'number' ? html`inputmode="decimal"` : ''}
    value="${value}"
    placeholder="${placeholder}"
    autocomplete="off"
  />`
}

/** Where the files of an input are uploaded, beside its value or in place of it. */
export function filesControl(
  variable: Variable,
  {
    field,
    id,
    hint,
  }: Pick<InputControl, 'field' | 'id'> & { hint?: (isOne: boolean, kinds: string) => string },
  texts: Texts,
): Html {
  const { upload, uploadHint } = texts.wizard.forms.constant
  const { marks } = texts.page
  const about = hint ?? uploadHint
  const isOne = mostFiles(variable) === 1
  return html`<div class="upload">
    <label for="${id}">${upload(isOne)}</label>
    <input
      id="${id}"
      name="${field}"
      type="file"
      ${isOne ? '' : html`multiple`}
      aria-label="${clip(variable.label, LABEL_CHARS)}${marks.colon}${upload(isOne)}"
      aria-describedby="${id}-hint"
    />
    <small id="${id}-hint">${about(isOne, allowedBy(variable).join(marks.list))}</small>
  </div>`
}
