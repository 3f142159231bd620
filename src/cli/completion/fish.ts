import type { CompletedOption, Node } from './tree.ts'

export function fishScript(nodes: Node[]): string {
  return `# Made by “rowbot completion fish”.
function __rowbot_at
  set -l at
  for word in (commandline -opc)[2..-1]
    set -l further (string join -- ' ' $at $word)
    contains -- "$further" ${nodes.flatMap(({ path }) => (path === '' ? [] : [quoted(path)])).join(' ')}
    and set at $further
  end
  test "$at" = "$argv[1]"
end
complete -c rowbot -e
complete -c rowbot -f
${nodes.flatMap(linesOf).join('\n')}`
}

function linesOf({ path, commands, options, words, takesFiles }: Node): string[] {
  const at = `complete -c rowbot -n ${quoted(`__rowbot_at ${quoted(path)}`)}`
  return [
    ...(takesFiles ? [`${at} -F`] : []),
    ...commands.map(({ name, description }) => `${at} -a ${quoted(name)} -d ${quoted(description)}`),
    ...words.map((word) => `${at} -a ${quoted(word)}`),
    ...options.map((option) => `${at} ${flagsOf(option)} -d ${quoted(option.description)}`),
  ]
}

function flagsOf({ flags, takes }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
  const value =
    takes === 'nothing'
      ? ''
      : takes === 'file'
        ? ' -r -F'
        : ` -x${takes === 'word' ? '' : ` -a ${quoted(takes.join(' '))}`}`
  return `${names.join(' ')}${value}`
}

/** One word for fish, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`
}
