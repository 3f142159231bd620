import type { Outcome } from './outcome.ts'
import type { Run, RunEnd, Usage } from './run.ts'

/** The status to store for a run that ended with this outcome. */
export function statusOf(outcome: Outcome, run: Run): RunEnd['status'] {
  const ran = run.startedAt !== null || run.workflowRunId !== undefined || run.messageId !== undefined
  switch (outcome.kind) {
    case 'succeeded':
      return 'succeeded'
    case 'failed':
      if (outcome.filesGone) return 'refused'
      return outcome.stopped ? 'stopped' : 'failed'
    case 'rejected':
    case 'throttled':
    case 'halted':
      return ran ? 'failed' : 'refused'
    case 'lost':
    case 'waiting': // it is not over, so this is never stored
      return 'unknown'
  }
}

export function usageOf(outcome: Outcome): Usage {
  return ('usage' in outcome && outcome.usage) || {}
}
