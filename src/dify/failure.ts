import type { Outcome } from '../engine/outcome.ts'
import type { Usage } from '../engine/run.ts'
import { quote } from './client/server-text.ts'
import { outcomeOfVerdict, type Verdict } from './verdict.ts'
import { leavesRunOpen, retryAfterIn, verdictOnRefusal, verdictOnRun } from './words.ts'

/** What the words mean that a run ended with as `failed`. */
export function outcomeOfFailure(words: string, usage: Usage): Outcome {
  const verdict = verdictOnRun(words)
  if (!verdict) {
    return {
      kind: 'failed',
      error: words === '' ? 'The workflow failed.' : `The workflow failed: “${quote(words)}”`,
      usage,
    }
  }
  return outcomeOfVerdict(verdict, said(verdict, words), { retryAfterMs: retryAfterIn(words), usage })
}

/**
 * What it means that Dify says “failed” of a run without one step or one moment: it made this end up, because the call
 * was refused or its stream broke inside. So it is looked up; if there is no such run, these words decide. Words that
 * only tell of a broken stream decide nothing: such a run may yet come.
 */
export function outcomeOfMadeUpFailure(words: string): Outcome {
  const verdict = verdictOnRefusal(words)
  const lost = {
    kind: 'lost',
    error: `Dify says that the run failed before its first step: “${quote(words)}”`,
  } as const
  if (verdict) {
    const retryAfterMs = verdict.kind === 'throttled' ? retryAfterIn(words) : undefined
    return { ...lost, ifUnknown: outcomeOfVerdict(verdict, said(verdict, words), { retryAfterMs }) }
  }
  if (leavesRunOpen(words)) return lost
  return { ...lost, ifUnknown: { kind: 'failed', error: `Dify did not begin the run: “${quote(words)}”` } }
}

function said({ says }: Verdict, words: string): string {
  return words === '' ? `${says}.` : `${says}: “${quote(words)}”`
}
