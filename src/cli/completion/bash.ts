import { quoted } from './quoted.ts'
import type { Node } from './tree.ts'

/** Also for the bash 3.2 of macOS. Where nothing is offered, bash completes files by itself. */
export function bashScript(nodes: Node[]): string {
  return `# Made by “rowbot completion bash”.
_rowbot() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at='' commands='' options='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${at:+$at }\${COMP_WORDS[i]}" in
      ${nodes.flatMap(({ path }) => (path === '' ? [] : [quoted(path)])).join('|')}) at="\${at:+$at }\${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$at:$prev" in
${nodes.flatMap(valuesOf).join('\n')}
  esac
  case "$at" in
${nodes.map(wordsOf).join('\n')}
  esac
  if [[ $cur == -* ]]; then commands=$options; fi
  COMPREPLY=($(compgen -W "$commands" -- "$cur"))
}
complete -o bashdefault -o default -F _rowbot rowbot`
}

/** What follows an option: one of its words, or else whatever bash completes. */
function valuesOf({ path, options }: Node): string[] {
  return options.flatMap(({ flags, takes }) => {
    if (takes === 'nothing') return []
    const cases = flags.map((flag) => quoted(`${path}:${flag}`)).join('|')
    return Array.isArray(takes)
      ? [`    ${cases}) COMPREPLY=($(compgen -W ${quoted(takes.join(' '))} -- "$cur")); return ;;`]
      : [`    ${cases}) return ;;`]
  })
}

function wordsOf({ path, commands, options, words }: Node): string {
  const names = [...commands.map(({ name }) => name), ...words].join(' ')
  const flags = options.flatMap((option) => option.flags).join(' ')
  return `    ${quoted(path)}) commands=${quoted(names)}; options=${quoted(flags)} ;;`
}
