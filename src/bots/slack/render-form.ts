import type { InputBlock, ModalView } from '@slack/types'
import type { Field, Form } from '../../messages/prompt.ts'
import { clip, SLACK_LIMITS } from './limits.ts'
import { plain } from './plain.ts'
import { option } from './render-select.ts'

/** The id of the one element in a field’s block. The block’s id is the field’s: Slack shows errors by block id. */
export const FIELD_ACTION = 'value'

/**
 * @param privateMetadata comes back with the answer; the person can neither see nor change it
 * @param fileHint what to know about files in a form of Slack’s
 */
export function modalOf(
  { id, title, fields, submit }: Form,
  privateMetadata: string,
  fileHint?: string,
): ModalView {
  return {
    type: 'modal',
    callback_id: id,
    private_metadata: privateMetadata,
    title: plain(title, SLACK_LIMITS.viewTitleChars),
    submit: plain(submit, SLACK_LIMITS.viewTitleChars),
    blocks: fields.map((field) =>
      inputBlock(field.type === 'file' && fileHint ? withHint(field, fileHint) : field),
    ),
  }
}

function withHint(field: Field, fileHint: string): Field {
  return { ...field, hint: field.hint ? `${field.hint} ${fileHint}` : fileHint }
}

function inputBlock(field: Field): InputBlock {
  return {
    type: 'input',
    block_id: field.id,
    label: plain(field.label, SLACK_LIMITS.inputLabelChars),
    ...(field.hint && { hint: plain(field.hint, SLACK_LIMITS.inputHintChars) }),
    ...(field.type !== 'select' && field.optional && { optional: true }),
    element: element(field),
  }
}

function element(field: Field): InputBlock['element'] {
  // No list of file types: Slack would refuse a .numbers file with its own message, while ours says what to do.
  if (field.type === 'file')
    return { type: 'file_input', action_id: FIELD_ACTION, max_files: field.several ?? 1 }
  if (field.type === 'select') {
    const initial = field.options.find(({ value }) => value === field.selected)
    return {
      type: 'static_select',
      action_id: FIELD_ACTION,
      options: field.options.slice(0, SLACK_LIMITS.options).map(option),
      ...(initial && { initial_option: option(initial) }),
    }
  }
  if (field.isNumber)
    return {
      type: 'number_input',
      action_id: FIELD_ACTION,
      is_decimal_allowed: true,
      // Slack refuses the whole form for an initial value that is no number.
      ...(/^-?\d+(\.\d+)?$/.test(field.value) && { initial_value: field.value }),
    }
  const maxLength = Math.min(field.maxLength, SLACK_LIMITS.plainTextInputChars)
  return {
    type: 'plain_text_input',
    action_id: FIELD_ACTION,
    max_length: maxLength,
    ...(field.isLong && { multiline: true }),
    ...(field.value && { initial_value: clip(field.value, maxLength) }),
  }
}
