import type { Rowbot } from '../rowbot.ts'
import type { Screen } from './screen.ts'

/** What a command has at hand. */
export interface Io {
  /** the bot on the data folder of this environment; made once, when a command needs it */
  open: () => Promise<Rowbot>
  /** @param quiet nothing but results on standard output, nothing beside them */
  screen: (quiet: boolean) => Screen
}

/** Takes a command's exit code. */
export type Done = (code: number) => void
