import { valueAt, listAt, textAt } from '../../../src/bots/json-path.ts'
import { V2 } from './world.ts'

/** What Discord refuses a message or a form for: https://docs.discord.com/developers/components/reference */

export function faultInMessage(body: unknown, files: number, before: { flags: number }): string | undefined {
  const flags = valueAt(body, 'flags')
  const isV2 = (((typeof flags === 'number' ? flags : 0) | before.flags) & V2) !== 0
  const content = textAt(body, 'content')
  const components = listAt(body, 'components')
  if (isV2 && content) return 'content in a message of components'
  if (!isV2 && components.length > 0) return 'components without their flag'
  if (content.length > 2_000) return 'content of more than 2000'
  if (!content && components.length === 0 && files === 0) return 'Cannot send an empty message'
  if (textAt(body, 'nonce').length > 25) return 'nonce of more than 25'
  for (const attachment of listAt(body, 'attachments'))
    if (textAt(attachment, 'description').length > 1_024) return 'description of more than 1024'
  return isV2 ? faultIn(components) : undefined
}

export function faultInModal(data: unknown): string | undefined {
  const fields = listAt(data, 'components')
  if (!between(textAt(data, 'title'), 1, 45)) return 'modal title'
  if (!between(textAt(data, 'custom_id'), 1, 100)) return 'modal custom_id'
  if (fields.length === 0 || fields.length > 5) return 'modal of 1 to 5 fields'
  for (const field of fields) {
    const input = valueAt(field, 'component')
    if (valueAt(field, 'type') !== 18) return 'not a label'
    if (!between(textAt(field, 'label'), 1, 45)) return 'label'
    if (textAt(field, 'description').length > 100) return 'label description'
    if (!between(textAt(input, 'custom_id'), 1, 100)) return 'custom_id of a field'
    const most = valueAt(input, 'max_length')
    if (valueAt(input, 'type') === 4) {
      if (typeof most !== 'number' || most < 1 || most > 4_000) return 'max_length'
      if (textAt(input, 'value').length > most) return 'value longer than max_length'
    } else if (valueAt(input, 'type') === 3) {
      const fault = faultInSelect(input)
      if (fault) return fault
    } else if (valueAt(input, 'type') !== 19) return 'a field of a kind not known here'
  }
  return undefined
}

/** What is offered while a command is typed. */
export function faultInChoices(choices: unknown[]): string | undefined {
  if (choices.length > 25) return `${choices.length} choices`
  const texts = choices.flatMap((choice) => [textAt(choice, 'name'), textAt(choice, 'value')])
  return texts.every((text) => between(text, 1, 100)) ? undefined : 'choice'
}

/** Of commands: https://docs.discord.com/developers/interactions/application-commands */
export function faultInCommands(commands: unknown): string | undefined {
  for (const command of listAt({ commands }, 'commands')) {
    if (valueAt(command, 'type') === 1) {
      const fault = faultInCommand(command)
      if (fault) return `${textAt(command, 'name')}: ${fault}`
    } else if (!between(textAt(command, 'name'), 1, 32)) return 'name of a message command'
  }
  return undefined
}

function faultInCommand(command: unknown): string | undefined {
  const name = /^[-_\p{L}\p{N}]{1,32}$/u
  const names = [textAt(command, 'name'), ...Object.values(Object(valueAt(command, 'name_localizations')))]
  if (!names.every((one) => name.test(String(one)) && String(one) === String(one).toLowerCase()))
    return 'name'
  const texts = [
    textAt(command, 'description'),
    ...Object.values(Object(valueAt(command, 'description_localizations'))),
  ]
  if (!texts.every((one) => between(String(one), 1, 100))) return 'description'
  const options = listAt(command, 'options')
  if (options.length > 25) return 'options'
  return options.map(faultInCommand).find(Boolean)
}

function faultIn(components: unknown[]): string | undefined {
  const all = components.flatMap(nested)
  if (all.length > 40) return `${all.length} components`
  const texts = all.map((one) => textAt(one, 'content')).join('')
  if (texts.length > 4_000) return `${texts.length} characters of text`
  // Measured on an independent server: more is answered with 500, whatever the number of characters.
  const bytes = Buffer.byteLength(JSON.stringify(components))
  if (bytes > 10_170) return `${bytes} bytes of components`
  const ids = all.map((one) => textAt(one, 'custom_id')).filter(Boolean)
  if (new Set(ids).size < ids.length) return 'two components of one custom_id'
  const numbers = all.map((one) => valueAt(one, 'id')).filter((id) => id !== undefined)
  if (new Set(numbers).size < numbers.length) return 'two components of one id'
  return all.map(faultOf).find(Boolean)
}

function faultOf(component: unknown): string | undefined {
  const inside = listAt(component, 'components')
  switch (valueAt(component, 'type')) {
    case 1: {
      const kinds = inside.map((one) => valueAt(one, 'type'))
      const isFine = kinds.every((kind) => kind === 2) ? kinds.length <= 5 : kinds.length === 1
      return inside.length > 0 && isFine ? undefined : 'action row'
    }
    case 2:
      return faultInButton(component)
    case 3:
      return faultInSelect(component)
    case 10:
      return textAt(component, 'content').trim() ? undefined : 'empty text'
    case 17:
      return inside.length > 0 ? undefined : 'empty container'
    default:
      return `component ${String(valueAt(component, 'type'))} is not known here`
  }
}

function faultInButton(button: unknown): string | undefined {
  if (!between(textAt(button, 'label'), 1, 80)) return 'button label'
  if (valueAt(button, 'style') === 5)
    return textAt(button, 'custom_id') || !textAt(button, 'url') ? 'link button' : undefined
  return between(textAt(button, 'custom_id'), 1, 100) ? undefined : 'button custom_id'
}

function faultInSelect(select: unknown): string | undefined {
  const options = listAt(select, 'options')
  if (!between(textAt(select, 'custom_id'), 1, 100)) return 'select custom_id'
  if (textAt(select, 'placeholder').length > 150) return 'placeholder'
  if (options.length === 0 || options.length > 25) return `${options.length} options`
  const values = options.map((option) => textAt(option, 'value'))
  if (new Set(values).size < values.length) return 'two options of one value'
  if (options.filter((option) => valueAt(option, 'default') === true).length > 1) return 'two defaults'
  const texts = options.flatMap((one) => [textAt(one, 'label'), textAt(one, 'value')])
  if (!texts.every((text) => between(text, 1, 100))) return 'option'
  return options.every((one) => textAt(one, 'description').length <= 100) ? undefined : 'description'
}

function nested(component: unknown): unknown[] {
  return [component, ...listAt(component, 'components').flatMap(nested)]
}

function between(text: string, least: number, most: number): boolean {
  return text.length >= least && text.length <= most
}
