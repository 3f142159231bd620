import { input, SANDBOX_NOTE, type SandboxApp } from '../app.ts'
import { capitalised, firstWords, itemsIn, textOf, wordsIn } from './text.ts'

const TONES = ['formal', 'casual', 'playful'] as const
type Tone = (typeof TONES)[number]

const OPENINGS: Record<Tone, (name: string, first: string) => string> = {
  formal: (name, first) => `${name} offers ${first}.`,
  casual: (name, first) => `Meet ${name}: it comes with ${first}.`,
  playful: (name, first) => `Psst! ${name} is here, and it brings ${first}.`,
}
const CLOSINGS: Record<Tone, string> = {
  formal: 'It is made to meet the highest expectations.',
  casual: 'Simple as that.',
  playful: 'Your day just got better!',
}
const TITLES: Record<Tone, (name: string, first: string) => string> = {
  formal: (name, first) => `${name} – ${capitalised(first)}`,
  casual: (name, first) => `${name}, with ${first}`,
  playful: (name, first) => `${name}! Yes, with ${first}!`,
}

export const productCopywriter: SandboxApp = {
  name: 'Product copywriter',
  key: 'app-sandbox-product-copywriter',
  mode: 'workflow',
  description:
    'Writes a title and a description from a product’s name and features. Sandbox: no model is called.',
  form: [
    input('text-input', 'name', 'Name', { required: true, max_length: 100 }),
    input('paragraph', 'features', 'Key features', { required: true, max_length: 1000 }),
    input('select', 'tone', 'Tone', { options: [...TONES], default: 'formal' }),
    input('number', 'max_words', 'Max words'),
  ],
  delayMs: 900,
  work(inputs) {
    const name = textOf(inputs['name']).trim() || 'This product'
    const tone = TONES.find((one) => one === inputs['tone']) ?? 'formal'
    const [first = 'everything you need', ...others] = itemsIn(textOf(inputs['features']))
    const more = others.length > 0 ? ` There is also ${listed(others)}.` : ''
    const whole = `${OPENINGS[tone](name, first)}${more} ${CLOSINGS[tone]}`
    const most = Number(inputs['max_words'])
    const description = most >= 1 ? firstWords(whole, Math.floor(most)) : whole
    const title = TITLES[tone](name, first)
    const words = wordsIn(description).length
    return { outputs: { title, description, words, note: SANDBOX_NOTE }, text: `${title}\n${description}` }
  },
}

function listed(items: string[]): string {
  const last = items.at(-1) ?? ''
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`
}
