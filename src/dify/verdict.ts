import type { Outcome } from '../engine/outcome.ts'
import type { Usage } from '../engine/run.ts'
import type { Coded, Sentence } from '../engine/sentence.ts'

/** How one kind of answer or words is judged. `says` is our part of the sentence, without a full stop; Dify's own words follow it. */
export type Verdict =
  | { kind: 'failed' | 'rejected' | 'lost'; says: Coded }
  | { kind: 'throttled'; says: Coded; by?: 'app' | 'provider' | 'proxy'; retryAfterMs?: number }
  | { kind: 'halted'; says: Coded; hint: Coded; sure: boolean }

/** What came with the answer. */
interface Circumstances {
  retryAfterMs?: number | undefined
  /** of the run that ended so; absent when no run was started */
  usage?: Usage | undefined
}

/** The outcome for a verdict, with the whole sentence in `error`. */
export function outcomeOfVerdict(
  verdict: Verdict,
  error: Sentence,
  { retryAfterMs, usage }: Circumstances = {},
): Outcome {
  const paid = usage === undefined ? {} : { usage }
  switch (verdict.kind) {
    case 'failed':
    case 'rejected':
      return { kind: verdict.kind, error, ...paid }
    case 'lost':
      return { kind: 'lost', error }
    case 'throttled': {
      const wait = retryAfterMs ?? verdict.retryAfterMs
      return {
        kind: 'throttled',
        error,
        slow: true,
        ...(verdict.by && { by: verdict.by }),
        ...(wait !== undefined && { retryAfterMs: wait }),
        ...paid,
      }
    }
    case 'halted': {
      const { hint, sure } = verdict
      return { kind: 'halted', error, hint, sure, ...(usage !== undefined && { ran: true, usage }) }
    }
  }
}
