import type { LookUpResult, RunRef, WithRunIds } from '../../engine/outcome.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { KINDS } from '../apps/kinds.ts'
import { outcomeOfAbort } from '../client/faults.ts'
import type { ApiAccess } from '../client/http.ts'
import type { Asking, LookUpOptions } from './asking.ts'
import { lookUpMessage, type FoundMessage } from './look-up-message.ts'
import { runById, runByUser } from './look-up-run.ts'

/**
 * What became of a run: by its id where an event told it, else by the user that only this attempt had.
 *
 * Two limits of Dify's that no client can change: a completion cannot be asked for at all, and a run that still waits in
 * the server's queue is not in the logs yet. So `unknown` soon after an attempt is not proof that it will not run. It is
 * said only where the server has read its list of runs and this one is not on it: a “not found” alone may be the word of
 * a server that has lost its database, or of a failure that Dify made up while the run itself is there.
 */
export async function lookUp(
  access: ApiAccess,
  options: LookUpOptions,
  run: RunRef,
  signal: AbortSignal,
): Promise<WithRunIds<LookUpResult>> {
  const result = await lookUpRun({ access, ...options, signal }, run)
  return result.kind === 'lost' && signal.aborted ? outcomeOfAbort() : result
}

async function lookUpRun(asking: Asking, run: RunRef): Promise<WithRunIds<LookUpResult>> {
  if (asking.mode === 'completion') return { kind: 'unknown' } // Dify has no way to ask for a completion
  const byId = run.workflowRunId === undefined ? undefined : await runById(asking, run.workflowRunId)
  if (asking.mode === 'workflow') return byId && byId.kind !== 'unknown' ? byId : runByUser(asking, run)
  if (byId && (byId.kind === 'running' || byId.kind === 'lost')) return byId

  const message = await lookUpMessage(asking, run)
  if (!byId || byId.kind === 'unknown') return message.result
  return withPrice(byId, message)
}

/** Nothing but the message tells what a chatflow's run cost. */
function withPrice(result: WithRunIds<LookUpResult>, { usage, ids }: FoundMessage): WithRunIds<LookUpResult> {
  if (!('usage' in result) || !usage) return result
  const { tokens, price, currency } = usage
  const reported = {
    ...(tokens && { tokens }),
    ...(tokens && price !== undefined && { price, ...(currency && { currency }) }),
  }
  return { ...result, usage: { ...reported, ...result.usage }, ids: { ...ids, ...result.ids } }
}

/** Whether Dify keeps the runs of these apps where they can be found. */
export function canLookUp(mode: AppMode): boolean {
  return mode !== 'completion' && (KINDS[mode].hasRuns || KINDS[mode].asks)
}
