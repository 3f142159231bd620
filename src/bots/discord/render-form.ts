import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  ComponentType,
  TextInputStyle,
} from 'discord.js'
import type { Field, Form } from '../../wizard/prompt.ts'
import { clip } from '../../wizard/text.ts'
import { DISCORD_LIMITS } from './limits.ts'

/** @param typed what the person has typed before, by field id: it stands there again */
export function modalOf(
  { id, title, fields }: Form,
  typed: Record<string, string> = {},
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: id,
    title: clip(title, DISCORD_LIMITS.modalTitleChars),
    components: fields.slice(0, DISCORD_LIMITS.modalFields).map((field) => labelOf(field, typed)),
  }
}

function labelOf(field: Field, typed: Record<string, string>): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: clip(field.label, DISCORD_LIMITS.labelChars),
    ...(field.hint && { description: clip(field.hint, DISCORD_LIMITS.labelDescriptionChars) }),
    component: inputOf(field, typed[field.id]),
  }
}

function inputOf(field: Field, typed: string | undefined): APILabelComponent['component'] {
  // No list of file types: Discord would refuse an .xls in words of its own, and ours say what to do about it.
  if (field.type === 'file') return { type: ComponentType.FileUpload, custom_id: field.id, required: true }
  const maxLength = Math.min(field.maxLength, DISCORD_LIMITS.textInputChars)
  const value = clip(typed ?? field.value, maxLength)
  return {
    type: ComponentType.TextInput,
    custom_id: field.id,
    style: TextInputStyle.Short,
    required: false, // an empty one is answered in our words
    max_length: maxLength,
    ...(value && { value }),
  }
}
