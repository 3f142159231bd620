import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Puts a question to the person at the terminal. Undefined: Ctrl-C, or the input has ended. */
export type AskLine = (question: string, options?: { isSecret?: boolean }) => Promise<string | undefined>

/** A secret is not shown as it is typed. Without a terminal the next line of standard input is read, and nothing is asked. */
export const askLine: AskLine = (question, { isSecret = false } = {}) => {
  const isTerminal = process.stdin.isTTY
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  if (isTerminal && isSecret) process.stderr.write(question)
  const output = isSecret || !isTerminal ? nowhere : process.stderr
  const lines = createInterface({ input: process.stdin, output, terminal: isTerminal })
  return new Promise((resolve) => {
    const end = (line: string | undefined) => {
      if (isTerminal && isSecret) process.stderr.write('\n')
      resolve(line)
    }
    let answer: string | undefined
    lines.once('close', () => end(answer))
    lines.once('SIGINT', () => lines.close())
    lines.question(isSecret ? '' : question, (line) => {
      answer = line
      lines.close()
    })
  })
}
