import type { Command } from 'commander'
import { bashScript } from './bash.ts'
import { fishScript } from './fish.ts'
import type { Shell } from './shells.ts'
import { type Node, nodesOf } from './tree.ts'
import { zshScript } from './zsh.ts'

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } satisfies Record<
  Shell,
  (nodes: Node[]) => string
>

/** What makes a shell complete the commands and options of `program`, as its help names them. */
export function completionFor(program: Command, shell: Shell): string {
  return SCRIPTS[shell](nodesOf(program))
}
