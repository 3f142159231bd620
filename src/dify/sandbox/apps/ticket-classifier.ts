import { input, SANDBOX_NOTE, type SandboxApp } from '../app.ts'
import { textOf, wordsIn } from './text.ts'

const CATEGORIES: Readonly<Record<string, RegExp>> = {
  billing: /invoice|refund|charge[ds]?|payment|price|bill(ed|ing)?|发票|退款|付款/gi,
  bug: /error|crash(es|ed)?|broken|bug|fail(s|ed|ure)?|not work|报错|崩溃|故障/gi,
  account: /password|log ?in|sign ?in|account|e-?mail address|密码|登录|账号/gi,
  delivery: /deliver(y|ed)?|shipping|shipped|parcel|arriv(e|ed|al)|late|快递|发货|物流/gi,
}
const URGENT = /urgent|asap|immediately|at once|right now|cannot work|down\b|紧急|马上|立刻/gi
const CALM = /no hurry|whenever|when you have time|just wondering|不急/gi

export const ticketClassifier: SandboxApp = {
  name: 'Ticket classifier',
  key: 'app-sandbox-ticket-classifier',
  mode: 'workflow',
  description: 'Sorts a support ticket by category and urgency. Sandbox: no model is called.',
  form: [input('paragraph', 'text', 'Ticket text', { required: true, max_length: 4000 })],
  delayMs: 400,
  work(inputs) {
    const text = textOf(inputs['text'])
    const matches = Object.entries(CATEGORIES).map(
      ([category, words]) => ({ category, found: text.match(words) ?? [] }) as const,
    )
    const total = matches.reduce((sum, { found }) => sum + found.length, 0)
    const best = matches.toSorted((a, b) => b.found.length - a.found.length)[0]
    const category = best && best.found.length > 0 ? best.category : 'other'
    const confidence = total === 0 ? 0.3 : Math.round((100 * (best?.found.length ?? 0)) / total) / 100
    const urgency = text.search(URGENT) >= 0 ? 'high' : text.search(CALM) >= 0 ? 'low' : 'normal'
    const tags = [...new Set(matches.flatMap(({ found }) => found.map((word) => word.toLowerCase())))]
    const details = { words: wordsIn(text).length, exclamation: text.includes('!') || text.includes('！') }
    return {
      outputs: { category, urgency, confidence, tags, details, note: SANDBOX_NOTE },
      text: `${category}, ${urgency}`,
    }
  },
}
