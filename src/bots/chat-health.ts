import type { UserError } from '../engine/user-error.ts'

/** Whether events from a chat arrive, for /readyz. */
export type ChatHealth =
  | { state: 'connected' }
  /** no events right now; it reconnects by itself */
  | { state: 'reconnecting'; sentence: string }
  /** somebody has to fix something: the sentence says what. Connecting is still retried from time to time. */
  | { state: 'fatal'; sentence: string }

/** Connections are renewed several times a day, within seconds: a shorter absence is not reported. */
export const AWAY_MS = 60_000

export function fatal({ message, hint }: UserError): ChatHealth {
  return { state: 'fatal', sentence: hint ? `${message} ${hint}` : message }
}
