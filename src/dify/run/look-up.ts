import type { LookUpResult, RunRef, WithRunIds } from '../../engine/outcome.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { KINDS } from '../apps/kinds.ts'
import { outcomeOfAbort } from '../client/faults.ts'
import type { ApiAccess } from '../client/http.ts'
import type { Asking, LookUpOptions } from './asking.ts'
import { lookUpMessage, type FoundMessage } from './look-up-message.ts'
import { runById, runByUser } from './look-up-run.ts'

/**
 * Looks up a run: by its id if an event had it, else by the user, which only this attempt has.
 *
 * Two limits of Dify cannot be changed by a client: a completion cannot be looked up at all, and a run that still waits
 * in the server's queue is not in the logs yet. So `unknown` soon after an attempt does not prove that it will not run.
 * The result is `unknown` only when the server has read its list of runs and this one is not in it. A “not found” alone
 * may come from a server that has lost its database, or from a failure that Dify invented while the run exists.
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
  if (asking.mode === 'completion') return { kind: 'unknown' } // Dify offers no look-up for completions
  const byId = run.workflowRunId === undefined ? undefined : await runById(asking, run.workflowRunId)
  if (asking.mode === 'workflow') return byId && byId.kind !== 'unknown' ? byId : runByUser(asking, run)
  if (byId && (byId.kind === 'running' || byId.kind === 'lost')) return byId

  const message = await lookUpMessage(asking, run)
  if (!byId || byId.kind === 'unknown') return message.result
  return withPrice(byId, message)
}

/** The price of a chatflow's run is only in its message. */
function withPrice(result: WithRunIds<LookUpResult>, { usage, ids }: FoundMessage): WithRunIds<LookUpResult> {
  if (!('usage' in result) || !usage) return result
  const { tokens, price, currency } = usage
  const reported = {
    ...(tokens && { tokens }),
    ...(tokens && price !== undefined && { price, ...(currency && { currency }) }),
  }
  return { ...result, usage: { ...reported, ...result.usage }, ids: { ...ids, ...result.ids } }
}

/** Whether runs of such apps can be looked up in Dify. */
export function canLookUp(mode: AppMode): boolean {
  return mode !== 'completion' && (KINDS[mode].hasRuns || KINDS[mode].asks)
}
