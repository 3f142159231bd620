import type { Command } from 'commander'
import { createProgram } from '../../src/cli/program.ts'
import { createRemoteProgram } from '../../src/cli/remote/program.ts'

/** Both command lines, to be looked at: no command is ever run. */
export function programs(): { here: Command; there: Command } {
  return {
    here: createProgram({ open: never, screen: never }, () => {}),
    there: createRemoteProgram({ screen: never, token: undefined }, () => {}),
  }
}

function never(): never {
  throw new Error('No command is run to write the docs.')
}
