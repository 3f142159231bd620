import { input, type SandboxApp } from '../app.ts'
import { textOf, wordsIn } from './text.ts'

/** An agent of the new kind: after the pieces it sends the whole answer again. */
export const replyDrafter: SandboxApp = {
  name: 'Reply drafter',
  key: 'app-sandbox-reply-drafter',
  mode: 'agent',
  description: 'An agent that drafts a reply to a message. Sandbox: no model is called.',
  form: [input('text-input', 'sign_off', 'Signed by', { max_length: 60 })],
  delayMs: 600,
  work(inputs, query) {
    const subject = wordsIn(query).slice(0, 4).join(' ') || 'your message'
    const name = textOf(inputs['sign_off']).trim() || 'Us'
    const answer = `Thank you for writing about “${subject}”. We answer by tomorrow. ${name} (Sandbox: no model was called.)`
    return { outputs: { answer }, text: answer }
  },
}
