import { input, type SandboxApp } from '../app.ts'
import { capitalised, textOf, wordsIn } from './text.ts'

const GREETINGS: Readonly<Record<string, string>> = {
  English: 'Thank you for your question',
  Deutsch: 'Danke für Ihre Frage',
  中文: '感谢您的提问',
}

export const supportAssistant: SandboxApp = {
  name: 'Support assistant',
  key: 'app-sandbox-support-assistant',
  mode: 'advanced-chat',
  description: 'A chatflow that answers one question. Sandbox: no model is called.',
  form: [
    input('select', 'language', 'Language', { options: Object.keys(GREETINGS) }),
    input('text-input', 'customer', 'Customer', { max_length: 100 }),
  ],
  delayMs: 700,
  work(inputs, query) {
    const greeting = GREETINGS[textOf(inputs['language'])] ?? 'Thank you for your question'
    const customer = textOf(inputs['customer'])
    const subject = wordsIn(query).toSorted((a, b) => b.length - a.length)[0] ?? 'nothing'
    const answer = `${greeting}${customer && `, ${customer}`}. ${capitalised(subject)}: we look into it. (Sandbox: no model was called.)`
    return { outputs: { answer }, text: answer }
  },
}
