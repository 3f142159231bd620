import type { Outcome } from '../engine/outcome.ts'
import type { Usage } from '../engine/run.ts'
import { type Coded, say } from '../engine/sentence.ts'
import { quote } from './client/server-text.ts'
import { outcomeOfVerdict, type Verdict } from './verdict.ts'
import { leavesRunOpen, retryAfterIn, verdictOnRefusal, verdictOnRun } from './words.ts'

/** What the words of a run with the status `failed` mean. */
export function outcomeOfFailure(words: string, usage: Usage): Outcome {
  const verdict = verdictOnRun(words)
  if (!verdict) {
    return {
      kind: 'failed',
      error:
        words === '' ? say('workflow-failed-silently') : say('workflow-failed-with', { words: quote(words) }),
      usage,
    }
  }
  return outcomeOfVerdict(verdict, said(verdict, words), { retryAfterMs: retryAfterIn(words), usage })
}

/**
 * What “failed” means for a run with no step and no elapsed time. Dify invents this end when it refuses the call or
 * when its own stream breaks. So the run is looked up; if there is none, these words decide. Words that only report a
 * broken stream decide nothing: the run may still start.
 */
export function outcomeOfMadeUpFailure(words: string): Outcome {
  const verdict = verdictOnRefusal(words)
  const lost = {
    kind: 'lost',
    error: say('failed-before-first-step', { words: quote(words) }),
  } as const
  if (verdict) {
    const retryAfterMs = verdict.kind === 'throttled' ? retryAfterIn(words) : undefined
    return { ...lost, ifUnknown: outcomeOfVerdict(verdict, said(verdict, words), { retryAfterMs }) }
  }
  if (leavesRunOpen(words)) return lost
  return { ...lost, ifUnknown: { kind: 'failed', error: say('run-not-begun', { words: quote(words) }) } }
}

function said({ says }: Verdict, words: string): Coded {
  return words === '' ? say('said', { says }) : say('said-with-words', { says, words: quote(words) })
}
