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

/** One check of `rowbot doctor`. */
export interface DoctorResult {
  ok: boolean
  /** what was found and, if it is wrong, how to fix it: one or two sentences */
  sentence: string
}

export function fine(sentence: string): DoctorResult {
  return { ok: true, sentence }
}

export function bad(sentence: string): DoctorResult {
  return { ok: false, sentence }
}
