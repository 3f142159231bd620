import type { Fate, RunRef, Traced } from '../engine/outcome.ts'
import type { AppMode } from '../engine/workflow.ts'
import { LogsPage, RunDetail } from './answers.ts'
import { outcomeOfAbort } from './fault.ts'
import type { Access } from './http.ts'
import { get } from './look-up-get.ts'
import { lookUpMessage } from './look-up-message.ts'
import { fateOfRun } from './run-status.ts'
import { usageOf } from './usage.ts'

const LOGS_PER_PAGE = 100
/** Only a server that does not know the filter by user makes us read on: 2,000 runs, then we say that we do not know. */
const MOST_PAGES = 20
/** The newest servers tell a run's id before a worker has taken it, and only then is it there to be found. */
const QUEUE_GRACE_MS = 10_000
/** Our clock and the server's may differ by this much. */
const CLOCK_SKEW_MS = 10 * 60_000

/**
 * What became of a run: by its id where an event told it, else by the user that only this attempt had.
 *
 * Two limits of Dify's that no client can mend: a completion cannot be asked for at all, and a run that still waits in
 * the server's queue is not in the logs yet. So `unknown` soon after an attempt is not proof that it will not run.
 */
export async function lookUp(
  access: Access,
  mode: AppMode,
  run: RunRef,
  signal: AbortSignal,
): Promise<Traced<Fate>> {
  const fate = await fateOf(access, mode, run, signal)
  return fate.kind === 'lost' && signal.aborted ? outcomeOfAbort() : fate
}

async function fateOf(
  access: Access,
  mode: AppMode,
  run: RunRef,
  signal: AbortSignal,
): Promise<Traced<Fate>> {
  if (mode === 'completion') return { kind: 'unknown' } // Dify has no way to ask for a completion
  if (run.workflowRunId !== undefined) return byToldId(access, run.workflowRunId, run.attemptedAt, signal)
  return mode === 'advanced-chat' ? lookUpMessage(access, run.user, signal) : byUser(access, run, signal)
}

/** Dify told the id itself, so for a while “not found” only means that the run still waits in its queue. */
async function byToldId(
  access: Access,
  id: string,
  attemptedAt: number,
  signal: AbortSignal,
): Promise<Traced<Fate>> {
  const fate = await byId(access, id, signal)
  const isFresh = Date.now() - attemptedAt < QUEUE_GRACE_MS
  return fate.kind === 'unknown' && isFresh ? { kind: 'running' } : fate
}

async function byId(access: Access, id: string, signal: AbortSignal): Promise<Traced<Fate>> {
  const path = `/workflows/run/${encodeURIComponent(id)}`
  const detail = await get(access, { method: 'GET', path, signal }, RunDetail)
  if (detail.kind !== 'read') return detail.notFound ? { kind: 'unknown' } : detail
  const { status, outputs, error, elapsed_time, total_tokens } = detail.data
  if (status === null) return { kind: 'unknown' }
  const usage = usageOf({ seconds: elapsed_time, tokens: total_tokens })
  return { ...fateOfRun({ status, outputs, error, usage }), ids: { workflowRunId: id } }
}

async function byUser(
  access: Access,
  { user, attemptedAt }: RunRef,
  signal: AbortSignal,
): Promise<Traced<Fate>> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { created_by_end_user_session_id: user, limit: LOGS_PER_PAGE, page }
    const logs = await get(access, { method: 'GET', path: '/workflows/logs', query, signal }, LogsPage)
    if (logs.kind !== 'read') return logs
    // An older server ignores the filter and lists everybody's runs: never take one that is not ours.
    const mine = logs.data.data.find((item) => item.created_by_end_user?.session_id === user)
    if (mine) return byId(access, mine.workflow_run.id, signal)
    const oldest = logs.data.data.at(-1)?.created_at
    const past = typeof oldest === 'number' && oldest * 1000 < attemptedAt - CLOCK_SKEW_MS
    if (!logs.data.has_more || past) return { kind: 'unknown' }
  }
  return { kind: 'lost', error: 'Dify lists too many runs to find this one among them.' }
}
