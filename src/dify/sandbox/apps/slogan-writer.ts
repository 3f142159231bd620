import { input, type SandboxApp } from '../app.ts'
import { capitalised, textOf } from './text.ts'

const PATTERNS = [
  (topic: string) => `${capitalised(topic)}. Made for you.`,
  (topic: string) => `Think ${topic}.`,
  (topic: string) => `Life is better with ${topic}.`,
] as const

export const sloganWriter: SandboxApp = {
  name: 'Slogan writer',
  key: 'app-sandbox-slogan-writer',
  mode: 'completion',
  description: 'A text generator that writes one slogan. Sandbox: no model is called.',
  form: [input('text-input', 'topic', 'Topic', { required: true, max_length: 48 })],
  delayMs: 500,
  work(inputs) {
    const topic = textOf(inputs['topic']).trim()
    const pattern = PATTERNS[topic.length % PATTERNS.length] ?? PATTERNS[0]
    const answer = `${pattern(topic)} (Sandbox: no model was called.)`
    return { outputs: { answer }, text: answer }
  },
}
