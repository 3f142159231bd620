import type { UserError } from '../engine/user-error.ts'

/** Whether what people do in a chat is heard, for /readyz. */
export type ChatHealth =
  | { state: 'connected' }
  /** not heard just now; it comes back by itself */
  | { state: 'reconnecting'; sentence: string }
  /** somebody has to mend something: the sentence says what. It is tried again now and then all the same. */
  | { state: 'fatal'; sentence: string }

/** A connection is renewed within seconds, several times a day: that is nothing to tell anybody. */
export const AWAY_MS = 60_000

export function fatal({ message, hint }: UserError): ChatHealth {
  return { state: 'fatal', sentence: hint ? `${message} ${hint}` : message }
}

/** Of `rowbot doctor`: one thing that was looked at. */
export interface DoctorResult {
  ok: boolean
  /** what is so, and where it is not well what to do: one or two sentences */
  sentence: string
}

export function fine(sentence: string): DoctorResult {
  return { ok: true, sentence }
}

export function bad(sentence: string): DoctorResult {
  return { ok: false, sentence }
}
