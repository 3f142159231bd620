import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { UserError } from '../engine/user-error.ts'

/**
 * Asks for an API key: not as an argument, so that it stays out of the shell's history, and not shown while it is typed.
 * @throws UserError when none is given
 */
export async function askForKey(): Promise<string> {
  const isTerminal = process.stdin.isTTY
  if (isTerminal) process.stderr.write('API key (not shown): ')
  const key = (await firstLine(isTerminal)).trim()
  if (isTerminal) process.stderr.write('\n')
  if (key !== '') return key
  throw new UserError('An API key is needed.', 'Copy it from the app’s “API Access” page in Dify.')
}

/** Empty where there is none: the input ended, or Ctrl-C. */
function firstLine(isTerminal: boolean): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: nowhere, terminal: isTerminal })
  return new Promise((resolve) => {
    lines.once('line', (line) => {
      resolve(line)
      lines.close()
    })
    lines.once('close', () => resolve(''))
    lines.once('SIGINT', () => lines.close())
  })
}
