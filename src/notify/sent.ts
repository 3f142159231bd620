import type { Sentence } from '../engine/sentence.ts'

/** What became of one try. `refused`: another try would end the same way. */
export type Sent =
  | { kind: 'sent' }
  | { kind: 'failed'; error: Sentence; askedMs?: number }
  | { kind: 'refused'; error: Sentence }

/** Why a connection failed, in a few words: never with an address or a password. */
export function codeOf(fault: unknown): string {
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string') return fault.code
  return fault instanceof Error ? fault.name : 'unknown fault'
}
