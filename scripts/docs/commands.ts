import { type Command, Help, type Option } from 'commander'
import { programs } from './programs.ts'

/** What a command is called, with its group: `workflow add`. */
export interface NamedCommand {
  name: string
  command: Command
}

/** The reference of every command and option, in Markdown. */
export function commandsHere(): string {
  return leaves(programs().here).map(referenceOf).join('\n\n')
}

/** The same of what works with `--server`, shorter: most options are the same. */
export function commandsThere(): string {
  const rows = leaves(programs().there).map(({ name, command }) => {
    const flags = optionsOf(command).map((option) => code(option.flags))
    return `| ${code(usageOf(name, command))} | ${cell(command.description())} | ${flags.join(', ')} |`
  })
  return ['| command | what it does | options |', '| --- | --- | --- |', ...rows].join('\n')
}

/** Every command that does something by itself, not what only holds others. */
export function leaves(program: Command, group = ''): NamedCommand[] {
  const visible = new Help().visibleCommands(program).filter((command) => command.name() !== 'help')
  return visible.flatMap((command) => {
    const name = `${group}${command.name()}`
    const isGroup = command.commands.length > 0 && optionsOf(command).length === 0
    return [...(isGroup ? [] : [{ name, command }]), ...leaves(command, `${name} `)]
  })
}

function referenceOf({ name, command }: NamedCommand): string {
  const described = command.registeredArguments.filter(({ description }) => description !== '')
  const rows = [
    ...described.map((argument) => [argument.name(), argument.description]),
    ...optionsOf(command).map((option) => [option.flags, withDefault(option)]),
  ].map(([flags = '', words = '']) => `| ${code(flags)} | ${cell(words)} |`)
  const table = rows.length > 0 ? `\n\n| | |\n| --- | --- |\n${rows.join('\n')}` : ''
  const usage = `rowbot ${usageOf(name, command)}`
  return `### ${name}\n\n\`${usage}\`: ${command.description()}.${table}`
}

function usageOf(name: string, command: Command): string {
  const args = command.registeredArguments.map((argument) => {
    const word = `${argument.name()}${argument.variadic ? '…' : ''}`
    return argument.required ? `<${word}>` : `[${word}]`
  })
  return [name, ...args].join(' ')
}

function optionsOf(command: Command): Option[] {
  // `--no-webhook` is said beside `--webhook`.
  return new Help()
    .visibleOptions(command)
    .filter(({ long, description }) => long !== '--help' && description !== '')
}

function withDefault({ description, defaultValue, argChoices, mandatory }: Option): string {
  return [
    description,
    ...(argChoices ? [`(${argChoices.join(', ')})`] : []),
    ...(mandatory ? ['(needed)'] : []),
    ...(defaultValue === undefined || typeof defaultValue === 'boolean'
      ? []
      : [`(default: ${defaultValue})`]),
  ].join(' ')
}

/** A bar would end the cell, in code too. */
function code(text: string): string {
  return `\`${cell(text)}\``
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
