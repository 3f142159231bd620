import { input, SANDBOX_NOTE, type SandboxApp } from '../app.ts'
import { textOf, wordsIn } from './text.ts'

export const slowSummariser: SandboxApp = {
  name: 'Slow summariser',
  key: 'app-sandbox-slow-summariser',
  mode: 'workflow',
  description:
    'Takes its time to give the first and the longest sentence of a text. Sandbox: no model is called.',
  form: [input('paragraph', 'text', 'Text', { required: true, max_length: 20_000 })],
  delayMs: 6_000,
  work(inputs) {
    const text = textOf(inputs['text'])
    const sentences = (text.match(/[^.!?。！？\n]+[.!?。！？]*/g) ?? [text])
      .map((one) => one.trim())
      .filter(Boolean)
    const longest = sentences.toSorted((a, b) => b.length - a.length)[0]
    const summary = [...new Set([sentences[0], longest])].filter((one) => one !== undefined).join(' ')
    return {
      outputs: {
        summary,
        sentences: sentences.length,
        words: wordsIn(text).length,
        note: SANDBOX_NOTE,
      },
      text: summary,
    }
  },
}
