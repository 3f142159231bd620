import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js'
import type { Field, Form } from '../../messages/prompt.ts'
import { clip } from '../../messages/rich-text.ts'
import { DISCORD_LIMITS } from './limits.ts'

export function modalOf({ id, title, fields }: Form): APIModalInteractionResponseCallbackData {
  return {
    custom_id: id,
    title: clip(title, DISCORD_LIMITS.modalTitleChars),
    components: fields.slice(0, DISCORD_LIMITS.modalFields).map(labelOf),
  }
}

function labelOf(field: Field): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: clip(field.label, DISCORD_LIMITS.labelChars),
    ...(field.hint && { description: clip(field.hint, DISCORD_LIMITS.labelDescriptionChars) }),
    component: inputOf(field),
  }
}

function inputOf(field: Field): APILabelComponent['component'] {
  // No list of file types: Discord would refuse a .numbers file with its own message, while ours says what to do.
  if (field.type === 'file') {
    const { id: custom_id, several: max_values = 1 } = field
    const mayBeEmpty = field.optional ? { required: false, min_values: 0 } : { required: true }
    return { type: ComponentType.FileUpload, custom_id, max_values, ...mayBeEmpty }
  }
  if (field.type === 'select') {
    return {
      type: ComponentType.StringSelect,
      custom_id: field.id,
      required: true,
      options: field.options.slice(0, DISCORD_LIMITS.options).map(({ value, label }) => ({
        value,
        label: clip(label, DISCORD_LIMITS.optionChars),
        default: value === field.selected,
      })),
    }
  }
  const maxLength = Math.min(field.maxLength, DISCORD_LIMITS.textInputChars)
  const value = clip(field.value, maxLength)
  return {
    type: ComponentType.TextInput,
    custom_id: field.id,
    style: field.isLong ? TextInputStyle.Paragraph : TextInputStyle.Short,
    required: false, // our own message answers an empty field
    max_length: maxLength,
    ...(value && { value }),
  }
}
