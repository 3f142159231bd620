import { input, type SandboxApp } from '../../../src/dify/sandbox/app.ts'
import { asSent } from './sheet.ts'

/** In a name: the answer is empty. */
export const EMPTY = '∅'
/** In a name: its run always fails. */
export const FAILS = '✗'

/** What a row is answered that sends this, by the edition of the workflow that was published. */
export function answerTo(sent: string, edition: number): Record<string, unknown> {
  return { answer: sent.includes(EMPTY) ? '' : sent, edition }
}

/** A workflow that says back what it was sent, so that an answer on the wrong line shows. Its price depends on it, too. */
export function echoApp(edition: () => number): SandboxApp {
  return {
    name: 'Echo',
    key: 'app-echo-0123456789',
    mode: 'workflow',
    description: 'Says back what it was sent.',
    form: [
      input('text-input', 'name', 'Name', { required: true, max_length: 100 }),
      input('paragraph', 'features', 'Features', { max_length: 1000 }),
      input('select', 'tone', 'Tone', { options: ['formal', 'casual'] }),
      input('number', 'amount', 'Amount'),
      input('text-input', 'style', 'Style', { max_length: 100 }),
    ],
    delayMs: 0,
    work: (inputs) => {
      const sent = asSent(inputs)
      return {
        outputs: answerTo(sent, edition()),
        text: sent.repeat(1 + (sent.length % 7)),
        currency: inputs['tone'] === 'casual' ? 'RMB' : 'USD',
      }
    },
  }
}
