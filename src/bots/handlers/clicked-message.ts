import type { Prompt } from '../../messages/prompt.ts'

/**
 * The message that somebody clicked on, for as long as the platform lets the click itself change it: at once, outside
 * of the limits of edits, and in no queue behind them.
 */
export interface ClickedMessage {
  /** as in MessageRef */
  id: string
  /** False: it is too late for that, or refused. */
  show: (prompt: Prompt) => Promise<boolean>
}
