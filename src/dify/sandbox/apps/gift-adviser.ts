import { input, type SandboxApp } from '../app.ts'
import { textOf, wordsIn } from './text.ts'

export const giftAdviser: SandboxApp = {
  name: 'Gift adviser',
  key: 'app-sandbox-gift-adviser',
  mode: 'chat',
  description: 'A chatbot that suggests a gift. Sandbox: no model is called.',
  form: [input('text-input', 'recipient', 'For whom', { max_length: 100 })],
  delayMs: 500,
  work(inputs, query) {
    const recipient = textOf(inputs['recipient']).trim() || 'somebody you like'
    const wish = wordsIn(query).at(-1) ?? 'something'
    const answer = `For ${recipient}: something with ${wish}, and a card. (Sandbox: no model was called.)`
    return { outputs: { answer }, text: answer }
  },
}
