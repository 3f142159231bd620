/**
 * Who else is notified of a task's end than its owner in the chat, as a person or a program has chosen it. What is absent
 * is as the settings say.
 */
export interface NotifyChoice {
  /** URL that gets a webhook; null: none */
  webhook?: string | null
  /** addresses that get an e-mail; empty: none */
  emails?: string[]
  /** the result is written to the results folder */
  folder?: boolean
}

/** Why somebody cannot be notified. */
export type NotifyFault =
  | 'many'
  | 'no-address'
  | 'domain'
  | 'no-mail'
  | 'no-url'
  | 'host'
  | 'no-secret'
  | 'no-folder'
