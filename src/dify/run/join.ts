import type { Call, Outcome, RunRef, WithRunIds } from '../../engine/outcome.ts'
import { say } from '../../engine/sentence.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { outcomeOfAbort, outcomeOfFault, refusalOf } from '../client/faults.ts'
import { ask, versionOf, type ApiAccess } from '../client/http.ts'
import { outcomeOfRefusal } from '../outcome.ts'
import { follow } from './follow.ts'
import { RunReader } from './run-reader.ts'
import { withIds } from './run.ts'
import type { AppMemory } from './app-memory.ts'
import type { TokenSecrets } from './forms.ts'

/**
 * Joins the stream of a running run, with everything it has sent so far, so that its steps and their prices are known
 * again. The stream may go silent or end at any time while the run goes on. Its pings come from the API process and not
 * from the run, so only events count as a sign of life. Everything except a reported end is `lost`.
 */
export async function join(
  access: ApiAccess,
  {
    mode,
    withinMs,
    memory,
    secrets,
  }: { mode: AppMode; withinMs: number; memory: AppMemory; secrets: TokenSecrets },
  run: RunRef,
  { signal, ...hooks }: Pick<Call, 'signal' | 'onProgress' | 'onActivity'>,
): Promise<WithRunIds<Outcome>> {
  if (run.workflowRunId === undefined) return { kind: 'lost', error: say('not-joined-without-id') }
  const path = `/workflow/${encodeURIComponent(run.workflowRunId)}/events`
  const query = { user: run.user, include_state_snapshot: 'true' }
  const answer = await ask(access, { method: 'GET', path, query, signal, withinMs }).catch(outcomeOfFault)
  if ('kind' in answer) return signal.aborted ? outcomeOfAbort() : lost(answer)
  if (answer.statusCode !== 200) return lost(outcomeOfRefusal(await refusalOf(answer)))

  const reader = new RunReader(mode, memory, secrets)
  reader.ids.workflowRunId = run.workflowRunId
  reader.serverVersion = versionOf(answer)
  const outcome = await follow(answer.body, reader, hooks, { eventsOnly: true })
  return signal.aborted && outcome.kind === 'lost' ? outcomeOfAbort() : withIds(outcome, reader.ids)
}

/** If Dify refuses the join, that says nothing about the run. */
function lost(outcome: Outcome): Outcome {
  const error = 'error' in outcome ? outcome.error : say('not-joined')
  const inTrouble = 'inTrouble' in outcome && outcome.inTrouble
  return { kind: 'lost', error, ...(inTrouble && { inTrouble: true }) }
}
