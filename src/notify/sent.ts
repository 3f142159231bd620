import type { Coded, Sentence } from '../engine/sentence.ts'
import { NetworkFault } from '../net/faults.ts'

/** What became of one try. `refused`: another try would end the same way. */
export type Sent =
  | { kind: 'sent' }
  | { kind: 'failed'; error: Sentence; askedMs?: number }
  | { kind: 'refused'; error: Sentence }

/** Why a connection failed, in a few words: never with an address or a password. A proxy’s own fault is a sentence. */
export function whyOf(fault: unknown): Coded | string {
  return fault instanceof NetworkFault ? fault.says : codeOf(fault)
}

export function codeOf(fault: unknown): string {
  if (fault instanceof Error && 'code' in fault && typeof fault.code === 'string') return fault.code
  return fault instanceof Error ? fault.name : 'unknown fault'
}
