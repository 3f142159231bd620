import type { z } from 'zod'
import type { LookUpResult, RunRef, WithRunIds } from '../../engine/outcome.ts'
import { say } from '../../engine/sentence.ts'
import { LogsPage, RunDetail } from '../client/answers.ts'
import { get } from '../client/get.ts'
import { resultOfRun } from './run-status.ts'
import { usageOf } from './usage.ts'
import type { Asking } from './asking.ts'

const LOGS_PER_PAGE = 100
/** 2,000 runs. A second page is only needed for servers without the filter by user; after this the result is `lost`. */
const MOST_PAGES = 20
/** Our clock and the server's may differ by this much. */
const CLOCK_SKEW_MS = 10 * 60_000

type LogLine = z.infer<typeof LogsPage>['data'][number]

/** Looks up a run by its id: its state, outputs and tokens. Dify never reports a workflow's price here. */
export async function runById(
  { access, withinMs, signal }: Asking,
  id: string,
): Promise<WithRunIds<LookUpResult>> {
  const ids = { workflowRunId: id }
  const path = `/workflows/run/${encodeURIComponent(id)}`
  const detail = await get(access, { path, signal, withinMs }, RunDetail)
  if (detail.kind === 'not found') return { kind: 'unknown' }
  if (detail.kind === 'not read') return detail.outcome
  if (detail.kind === 'unreadable') {
    const error = say('unreadable-state')
    return { kind: 'failed', error, ids }
  }
  const { status, outputs, error, elapsed_time, total_tokens, finished_at, workflow_id } = detail.data
  if (status === null) return { kind: 'unknown' }
  const usage = usageOf({ seconds: elapsed_time, tokens: total_tokens })
  const isOver = finished_at !== null && finished_at !== undefined
  const version = workflow_id ? { workflowVersion: workflow_id } : {}
  return { ...resultOfRun({ status, outputs, error, usage, isOver }), ids: { ...ids, ...version } }
}

/** Looks up a workflow's run by its user, which only this attempt has. Reads the newest runs first. */
export async function runByUser(
  asking: Asking,
  { user, attemptedAt }: RunRef,
): Promise<WithRunIds<LookUpResult>> {
  const { access, withinMs, signal } = asking
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { created_by_end_user_session_id: user, limit: LOGS_PER_PAGE, page }
    const logs = await get(access, { path: '/workflows/logs', query, signal, withinMs }, LogsPage)
    if (logs.kind !== 'read') return logs.outcome
    // An older server ignores the filter and lists everybody's runs: take only ours.
    const mine = logs.data.data.find((line) => line.created_by_end_user?.session_id === user)
    if (mine) return ofLine(asking, mine)
    const oldest = logs.data.data.at(-1)?.created_at
    const past = typeof oldest === 'number' && oldest * 1000 < attemptedAt - CLOCK_SKEW_MS
    if (!logs.data.has_more || past) return { kind: 'unknown' }
  }
  return { kind: 'lost', error: say('too-many-runs') }
}

/**
 * A line of the logs may be incomplete. Without `workflow_run` it only says that there is a run. If the run's detail is
 * gone, the line has its status and tokens, but not its outputs.
 */
async function ofLine(asking: Asking, { workflow_run: run }: LogLine): Promise<WithRunIds<LookUpResult>> {
  if (!run) return { kind: 'running' }
  const detail = await runById(asking, run.id)
  if (detail.kind !== 'unknown' || !run.status) return detail
  const usage = usageOf({ seconds: run.elapsed_time, tokens: run.total_tokens })
  const result = resultOfRun({ status: run.status, outputs: {}, error: run.error, usage })
  const ids = { workflowRunId: run.id }
  if (result.kind !== 'succeeded') return { ...result, ids }
  const error = say('outputs-gone')
  return { kind: 'failed', error, usage, ids }
}
