import { randomBytes } from 'node:crypto'
import type { SandboxAnswer, SandboxQuestion } from './app.ts'

/** What a run asks a person. */
export class SandboxForm {
  readonly id = crypto.randomUUID()
  /** opens it for everybody who has it */
  readonly token = randomBytes(16).toString('base64url')
  /** ms since 1970 */
  expiresAt: number
  answer: SandboxAnswer | undefined

  constructor(
    readonly question: SandboxQuestion,
    readonly content: string,
    private readonly defaults: Record<string, string>,
    /** how long a person has to answer */
    ms = question.seconds * 1000,
  ) {
    this.expiresAt = Date.now() + ms
  }

  /** Its time is up. */
  expire(): void {
    this.expiresAt = 0
  }

  /** As in events and reasons of a pause. */
  get asked() {
    const { question } = this
    return {
      form_id: this.id,
      form_content: this.content,
      inputs: this.inputs,
      actions: question.actions,
      node_id: question.nodeId,
      node_title: question.title,
      resolved_default_values: this.defaults,
      form_token: this.token,
      approval_channels: ['console'],
      expiration_time: Math.floor(this.expiresAt / 1000),
    }
  }

  get inputs() {
    return this.question.fields.map(({ type, name, initial = '', options }) => ({
      output_variable_name: name,
      type,
      ...(options
        ? { option_source: { type: 'constant', selector: [], value: options } }
        : { default: { type: 'constant', selector: [], value: initial } }),
    }))
  }
}

/** Of an app that asks nothing by itself, when it is told to wait for a person. */
export const STANDARD_QUESTION: SandboxQuestion = {
  nodeId: 'approval',
  title: 'Approval',
  content: () => 'The sandbox was told to wait for a person.\n{{#$output.note#}}',
  fields: [{ type: 'paragraph', name: 'note' }],
  actions: [
    { id: 'yes', title: 'Approve', button_style: 'primary' },
    { id: 'no', title: 'Reject', button_style: 'default' },
  ],
  seconds: 3_600,
}
