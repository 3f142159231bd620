import type { Command } from 'commander'

/** What may follow one command, as a shell completes it. */
export interface Node {
  /** its words without the program's own name: `workflow add`; empty: the program itself */
  path: string
  commands: { name: string; description: string }[]
  options: CompletedOption[]
  takesFiles: boolean
  /** what its argument may be, where there are few */
  words: string[]
}

export interface CompletedOption {
  /** `-o`, `--out` */
  flags: string[]
  description: string
  /** what follows it; words: one of these */
  takes: 'nothing' | 'file' | 'word' | string[]
}

const NAMES_A_FILE = /[<[](?:file|path|folder)/

/** The program and all its commands, each with what may follow it. */
export function nodesOf(program: Command): Node[] {
  return nodesBelow(program, '')
}

function nodesBelow(command: Command, path: string): Node[] {
  const help = command.createHelp()
  const commands = help.visibleCommands(command).filter((one) => one.name() !== 'help')
  const node: Node = {
    path,
    commands: commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: help.visibleOptions(command).map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      description: option.description,
      takes:
        option.argChoices ??
        (option.required || option.optional
          ? NAMES_A_FILE.test(option.flags)
            ? 'file'
            : 'word'
          : 'nothing'),
    })),
    takesFiles: command.registeredArguments.some((argument) => /file|path|folder/.test(argument.name())),
    words: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  }
  return [node, ...commands.flatMap((one) => nodesBelow(one, `${path} ${one.name()}`.trim()))]
}
