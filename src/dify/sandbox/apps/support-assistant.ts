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
  description:
    'A chatflow that answers one question, with files if it is sent some. Sandbox: no model is called.',
  form: [
    input('select', 'language', 'Language', { options: Object.keys(GREETINGS) }),
    input('text-input', 'customer', 'Customer', { max_length: 100 }),
  ],
  attachments: {
    number_limits: 3,
    allowed_file_types: ['image', 'document'],
    allowed_file_extensions: [],
    allowed_file_upload_methods: ['local_file', 'remote_url'],
  },
  delayMs: 700,
  work(inputs, query, files) {
    const greeting = GREETINGS[textOf(inputs['language'])] ?? 'Thank you for your question'
    const customer = textOf(inputs['customer'])
    const subject = wordsIn(query).toSorted((a, b) => b.length - a.length)[0] ?? 'nothing'
    const attached =
      files.length === 0 ? '' : `, and into your ${files.length === 1 ? 'file' : `${files.length} files`}`
    const answer = `${greeting}${customer && `, ${customer}`}. ${capitalised(subject)}: we look into it${attached}. (Sandbox: no model was called.)`
    return { outputs: { answer }, text: answer }
  },
}
