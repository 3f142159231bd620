import type { LookUpResult, RunRef, WithRunIds, Outcome } from '../../engine/outcome.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { LogsPage, RunDetail, Conversations, Messages, parsed } from '../client/answers.ts'
import { outcomeOfAbort, outcomeOfFault, refusalOf } from '../client/faults.ts'
import { type ApiAccess, ask, textOf, type Ask } from '../client/http.ts'
import { resultOfRun } from './run-status.ts'
import { usageOf } from './usage.ts'
import type { z } from 'zod'
import { outcomeOfRefusal } from '../outcome.ts'

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
  access: ApiAccess,
  mode: AppMode,
  run: RunRef,
  signal: AbortSignal,
): Promise<WithRunIds<LookUpResult>> {
  const result = await lookUpRun(access, mode, run, signal)
  return result.kind === 'lost' && signal.aborted ? outcomeOfAbort() : result
}

async function lookUpRun(
  access: ApiAccess,
  mode: AppMode,
  run: RunRef,
  signal: AbortSignal,
): Promise<WithRunIds<LookUpResult>> {
  if (mode === 'completion') return { kind: 'unknown' } // Dify has no way to ask for a completion
  if (run.workflowRunId !== undefined) return byGivenId(access, run.workflowRunId, run.attemptedAt, signal)
  return mode === 'advanced-chat' ? lookUpMessage(access, run.user, signal) : byUser(access, run, signal)
}

/** Dify told the id itself, so for a while “not found” only means that the run still waits in its queue. */
async function byGivenId(
  access: ApiAccess,
  id: string,
  attemptedAt: number,
  signal: AbortSignal,
): Promise<WithRunIds<LookUpResult>> {
  const result = await byId(access, id, signal)
  const isFresh = Date.now() - attemptedAt < QUEUE_GRACE_MS
  return result.kind === 'unknown' && isFresh ? { kind: 'running' } : result
}

async function byId(access: ApiAccess, id: string, signal: AbortSignal): Promise<WithRunIds<LookUpResult>> {
  const path = `/workflows/run/${encodeURIComponent(id)}`
  const detail = await get(access, { method: 'GET', path, signal }, RunDetail)
  if (detail.kind !== 'read') return detail.notFound ? { kind: 'unknown' } : detail
  const { status, outputs, error, elapsed_time, total_tokens } = detail.data
  if (status === null) return { kind: 'unknown' }
  const usage = usageOf({ seconds: elapsed_time, tokens: total_tokens })
  return { ...resultOfRun({ status, outputs, error, usage }), ids: { workflowRunId: id } }
}

async function byUser(
  access: ApiAccess,
  { user, attemptedAt }: RunRef,
  signal: AbortSignal,
): Promise<WithRunIds<LookUpResult>> {
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

/**
 * What became of a chatflow's run whose id is not known. Chatflows are not in the workflow logs, but each attempt is
 * the only one to have its user, so that user has one conversation with one message.
 */
export async function lookUpMessage(
  access: ApiAccess,
  user: string,
  signal: AbortSignal,
): Promise<LookUpResult> {
  const query = { user, limit: 1 }
  const talks = await get(access, { method: 'GET', path: '/conversations', query, signal }, Conversations)
  if (talks.kind !== 'read') return talks
  const talk = talks.data.data[0]
  if (!talk) return { kind: 'unknown' }

  const ofTalk = { ...query, conversation_id: talk.id }
  const messages = await get(access, { method: 'GET', path: '/messages', query: ofTalk, signal }, Messages)
  if (messages.kind !== 'read') return messages
  const message = messages.data.data[0]
  if (!message) return { kind: 'running' } // Dify writes the conversation first

  const { answer, status, error, total_tokens, total_price, currency, provider_response_latency } = message
  // The row is written empty when the run begins, and its status says “normal” from the start, if it says anything.
  const answered = Boolean(answer) || Boolean(provider_response_latency)
  return resultOfRun({
    status:
      status === 'error' ? 'failed' : status === 'paused' ? 'paused' : answered ? 'succeeded' : 'running',
    outputs: { answer: answer ?? '' },
    error,
    usage: usageOf({
      seconds: provider_response_latency,
      tokens: total_tokens,
      price: total_price,
      currency,
    }),
  })
}

type NotRead = Extract<Outcome, { kind: 'lost' | 'halted' }> & { notFound?: boolean }

/** Asks, and reads the answer. Whatever else comes back says nothing of the run: it is `lost`, and asked for again. */
export async function get<S extends z.ZodType>(
  access: ApiAccess,
  what: Ask,
  schema: S,
): Promise<{ kind: 'read'; data: z.output<S> } | NotRead> {
  const answer = await ask(access, what).catch(outcomeOfFault)
  if ('kind' in answer) return cannotAsk(answer)
  if (answer.statusCode !== 200) {
    const refusal = await refusalOf(answer)
    // Dify's own word for it: a proxy's page does not have it.
    return { ...cannotAsk(outcomeOfRefusal(refusal)), notFound: refusal.code === 'not_found' }
  }
  const text = await textOf(answer).catch(outcomeOfFault)
  if (typeof text !== 'string') return cannotAsk(text)
  const data = schema.safeParse(parsed(text))
  if (data.success) return { kind: 'read', data: data.data }
  return { kind: 'lost', error: 'Dify tells what became of the run in a way that Rowbot cannot read.' }
}

/** A refused look-up says nothing of the run itself, except that a key that is not accepted now stops everything. */
function cannotAsk(outcome: Outcome): NotRead {
  if (outcome.kind === 'halted' && outcome.sure) return outcome
  return {
    kind: 'lost',
    error: 'error' in outcome ? outcome.error : 'Dify could not be asked about the run.',
  }
}
