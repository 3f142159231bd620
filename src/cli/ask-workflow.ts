import { createInterface } from 'node:readline'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { RankedWorkflow } from '../app/workflow-search.ts'
import type { Screen } from './screen.ts'

/** Puts a question to the person at the terminal. Undefined: they gave no answer and want none (Ctrl-C, end of input). */
export type AskPerson = (question: string) => Promise<string | undefined>

const LISTED = 20
const DESCRIPTION_CHARS = 60

/**
 * Lets a person pick a workflow by its number, or search for it first.
 * @param found the workflows that match some words; nothing typed: the likeliest first
 * @throws UserError if they pick none
 */
export async function askWorkflow(
  found: (typed: string) => RankedWorkflow[],
  { screen, ask }: { screen: Screen; ask: AskPerson },
): Promise<Workflow> {
  let offered = found('')
  for (;;) {
    for (const line of linesOf(offered)) screen.note(line)
    const answer = await ask('Which workflow? Its number, or words to search: ')
    if (answer === undefined) throw new UserError('No workflow was chosen, and nothing was run.')
    const typed = answer.normalize('NFKC').trim()
    const picked = /^\d{1,3}$/.test(typed) ? offered.slice(0, LISTED)[Number(typed) - 1] : undefined
    if (picked) return picked.workflow
    const next = found(typed)
    const [only] = next
    if (typed !== '' && only && next.length === 1) return only.workflow
    if (next.length === 0) screen.note(`No workflow matches “${typed}”.`)
    else offered = next
  }
}

function linesOf(offered: RankedWorkflow[]): string[] {
  const more = offered.length - LISTED
  return [
    ...offered.slice(0, LISTED).map(({ workflow, label }, i) => {
      const said = workflow.description.replaceAll(/\s+/g, ' ').trim()
      const short = said.length > DESCRIPTION_CHARS ? `${said.slice(0, DESCRIPTION_CHARS)}…` : said
      return `  ${String(i + 1).padStart(2)}  ${label}${short === '' ? '' : `  – ${short}`}`
    }),
    ...(more > 0 ? [`      and ${more} more`] : []),
  ]
}

/** Undefined: nobody is at a terminal, or a program reads what we print. */
export function terminalAsk({ json }: { json: boolean }): AskPerson | undefined {
  if (json || !process.stdin.isTTY || !process.stderr.isTTY) return undefined
  return (question) => {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const lines = createInterface({ input: process.stdin, output: process.stderr })
    lines.once('close', () => resolve(undefined)) // has no effect after an answer
    lines.question(question, (answer) => {
      resolve(answer)
      lines.close()
    })
    return promise
  }
}
