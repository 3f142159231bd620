import { CommanderError, type Command } from 'commander'
import { programs } from '../../scripts/docs/programs.ts'

/** The command of Rowbot in a piece of code, as words; undefined if there is none. */
export function rowbotWordsIn(code: string): string[] | undefined {
  const found = /^(?:\$ )?(?:[A-Z_]+=\S* )*(?:(?:bun|bunx|npx) )?rowbot (.+)$/.exec(code)
  return found?.[1] === undefined ? undefined : wordsOf(found[1])
}

/**
 * What commander says against these words; undefined if they can be run. A group by itself only shows its help.
 * @param isMention it is only named in a text, so arguments may be left out or stand for others (`ROW`)
 */
export function faultOf(words: string[], isMention = false): string | undefined {
  const { here, there } = programs()
  const program = inert(words.includes('--server') ? there : here)
  if (isMention && /^(?:…|COMMAND)$/.test(words.at(-1) ?? '')) words = words.slice(0, -1)
  try {
    program.parse(words, { from: 'user' })
    return undefined
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault
    const isFine = fault.exitCode === 0 || fault.code === 'commander.help'
    return isFine || (isMention && isIncomplete(fault)) ? undefined : fault.message
  }
}

function isIncomplete({ code, message }: CommanderError): boolean {
  return code.startsWith('commander.missing') || / '(?:[A-Z]+|<\w+>)' is invalid\b/.test(message)
}

/** Every long option that any command has. */
export function allFlags(): Set<string> {
  const { here, there } = programs()
  return new Set([here, there].flatMap(flagsOf))
}

function flagsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long }) => long ?? [])
  return [...own, ...command.commands.flatMap(flagsOf)]
}

/** The program, but no command does anything. */
function inert(program: Command): Command {
  program.exitOverride().configureOutput({ writeOut: () => {}, writeErr: () => {} })
  for (const command of program.commands) {
    // Not of what only holds others: it shows its help, and an action would take an unknown command for an argument.
    if (command.commands.length === 0 || command.options.length > 0) command.action(() => {})
    inert(command)
  }
  return program
}

/** Words of a shell, up to a comment, a pipe or the next command. `[--all]` may be left out, so it counts. */
function wordsOf(line: string): string[] {
  const bare = line.replace(/\s(?:#|(?:\||>|&&|;|<)(?=\s|$)).*$/, '').replaceAll(/\[(?=-)|\](?=\s|$)/g, '')
  return [...bare.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ''))
}
