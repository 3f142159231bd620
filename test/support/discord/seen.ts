import { valueAt, listAt, textAt } from '../../../src/bots/json-path.ts'
import type { Message } from './world.ts'

/** Everything a message says, as it stands in its components. */
export function saysOf({ components, content }: Message): string {
  const texts = components.flatMap(nested).map((one) => textAt(one, 'content'))
  return [...texts, content].filter(Boolean).join('\n')
}

export function buttonsOf(message: Message): string[] {
  return componentsOf(message)
    .filter((one) => valueAt(one, 'type') === 2)
    .map((one) => textAt(one, 'label'))
}

export function customIdOf(message: Message, label: string): string {
  const button = componentsOf(message).find((one) => textAt(one, 'label') === label)
  if (!button) throw new Error(`no button “${label}” among ${buttonsOf(message).join(', ')}`)
  return textAt(button, 'custom_id')
}

export function componentsOf({ components }: Message): unknown[] {
  return components.flatMap(nested)
}

function nested(component: unknown): unknown[] {
  return [component, ...listAt(component, 'components').flatMap(nested)]
}
