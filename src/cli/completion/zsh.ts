import { quoted } from './quoted.ts'
import type { Node } from './tree.ts'

/** With descriptions. Works by `eval`, and as a file `_rowbot` in a folder of $fpath. */
export function zshScript(nodes: Node[]): string {
  return `#compdef rowbot
# Made by “rowbot completion zsh”.
_rowbot() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} at='' word
  local -a commands options
  local -i files=0
  for word in \${words[2,CURRENT-1]}; do
    case "\${at:+$at }$word" in
      ${nodes.flatMap(({ path }) => (path === '' ? [] : [quoted(path)])).join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at:$prev" in
${nodes.flatMap(valuesOf).join('\n')}
  esac
  case "$at" in
${nodes.map(wordsOf).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    _describe -o option options
  else
    (( $#commands )) && _describe command commands
    (( files )) && _files
  fi
}
if [[ $funcstack[1] == _rowbot ]]; then _rowbot "$@"; else compdef _rowbot rowbot; fi`
}

function valuesOf({ path, options }: Node): string[] {
  return options.flatMap(({ flags, takes }) => {
    if (takes === 'nothing') return []
    const cases = flags.map((flag) => quoted(`${path}:${flag}`)).join('|')
    if (takes === 'file') return [`    ${cases}) _files; return ;;`]
    return [`    ${cases}) ${takes === 'word' ? '' : `compadd ${takes.map(quoted).join(' ')}; `}return ;;`]
  })
}

function wordsOf({ path, commands, options, words, takesFiles }: Node): string {
  const names = [...commands.map(described), ...words.map(quoted)].join(' ')
  const flags = options
    .flatMap(({ flags, description }) => flags.map((name) => described({ name, description })))
    .join(' ')
  return `    ${quoted(path)}) commands=(${names}); options=(${flags}); files=${takesFiles ? 1 : 0} ;;`
}

/** A colon ends the name. */
function described({ name, description }: { name: string; description: string }): string {
  return quoted(`${name.replaceAll(':', String.raw`\:`)}:${description}`)
}
