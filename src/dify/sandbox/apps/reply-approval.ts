import { input, SANDBOX_NOTE, type SandboxApp } from '../app.ts'
import { firstWords, textOf } from './text.ts'

/** Drafts a reply, then asks a person whether it may be sent. */
export const replyApproval: SandboxApp = {
  name: 'Reply approval',
  key: 'app-sandbox-reply-approval',
  mode: 'workflow',
  description:
    'Drafts a reply to a customer and waits until a person approves it. Sandbox: no model is called.',
  form: [
    input('text-input', 'customer', 'Customer', { required: true, max_length: 80 }),
    input('paragraph', 'message', 'Message', { required: true, max_length: 2000 }),
  ],
  delayMs: 600,
  questions: [
    {
      nodeId: 'approval',
      title: 'Approve the reply',
      content: (inputs, { text }) =>
        `Reply to **${textOf(inputs['customer'])}**:\n\n> ${text}\n\nA note for the record: {{#$output.note#}}`,
      fields: [{ type: 'paragraph', name: 'note' }],
      actions: [
        { id: 'approve', title: 'Approve', button_style: 'primary' },
        { id: 'reject', title: 'Reject', button_style: 'default' },
      ],
      seconds: 2 * 3_600,
    },
  ],
  work(inputs) {
    const customer = textOf(inputs['customer']).trim() || 'customer'
    const subject = firstWords(textOf(inputs['message']).trim(), 8) || 'your message'
    const reply = `Dear ${customer}, thank you for writing about “${subject}”. We will answer by tomorrow.`
    return { outputs: { reply, approved: 'no', note: SANDBOX_NOTE }, text: reply }
  },
  answered(work, answers) {
    const { action, inputs } = answers[0] ?? { action: 'reject', inputs: {} }
    const note = textOf(inputs['note']).trim()
    return {
      ...work,
      outputs: { ...work.outputs, approved: action === 'approve' ? 'yes' : 'no', note: note || SANDBOX_NOTE },
    }
  },
}
