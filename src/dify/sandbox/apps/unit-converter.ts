import type { SandboxApp } from '../app.ts'

const INCHES = /(-?\d+(?:[.,]\d+)?)\s*(?:inch(?:es)?|in|″|")/i

/** An agent answers in other events than a chatbot: it thinks aloud first. */
export const unitConverter: SandboxApp = {
  name: 'Unit converter',
  key: 'app-sandbox-unit-converter',
  mode: 'agent-chat',
  description: 'An agent that turns inches into centimetres. Sandbox: no model is called.',
  form: [],
  delayMs: 600,
  work(_, query) {
    const inches = INCHES.exec(query)?.[1]?.replace(',', '.')
    const result = inches === undefined ? 'There are no inches in that' : centimetres(Number(inches))
    const answer = `${result}. (Sandbox: no model was called.)`
    return { outputs: { answer }, text: answer }
  },
}

function centimetres(inches: number): string {
  return `${inches} in are ${Math.round(inches * 254) / 100} cm`
}
