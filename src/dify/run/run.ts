import type { Call, Outcome, WithRunIds } from '../../engine/outcome.ts'
import { inEnglish, say } from '../../engine/sentence.ts'
import type { RunIds } from '../../engine/run.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { KINDS } from '../apps/kinds.ts'
import { Accepted, BlockingMessage, BlockingRun, parsed } from '../client/answers.ts'
import { outcomeOfAbort, outcomeOfBreak, outcomeOfFault, refusalOf, refusalOfText } from '../client/faults.ts'
import { inputsWithUploads, type FilePolicy } from '../client/files.ts'
import { ask, header, NotSent, textOf, versionOf, type ApiAccess, type HttpAnswer } from '../client/http.ts'
import { outcomeOfRefusal } from '../outcome.ts'
import { follow } from './follow.ts'
import { runBody } from './payload.ts'
import { RunReader } from './run-reader.ts'
import type { AppMemory } from './app-memory.ts'
import type { TokenSecrets } from './forms.ts'

export interface CallOptions {
  mode: AppMode
  files: FilePolicy
  /** how long the server may take to begin its answer */
  withinMs: number
  memory: AppMemory
  secrets: TokenSecrets
}

/** Starts a run and follows it to its end. Every fault of the network or of Dify becomes an outcome, never a throw. */
export async function run(access: ApiAccess, options: CallOptions, call: Call): Promise<WithRunIds<Outcome>> {
  const ready = await inputsWithUploads(access, options.files, call)
  if (ready.kind !== 'ready') return call.signal.aborted ? outcomeOfAbort() : ready

  if (call.signal.aborted) return outcomeOfAbort()
  const reader = new RunReader(options.mode, options.memory, options.secrets)
  let outcome: Outcome | undefined
  while (!outcome) {
    await call.onPosting?.()
    if (call.signal.aborted) return outcomeOfAbort()
    outcome = await post(access, options, { ...call, inputs: ready.inputs }, reader)
  }
  return withIds(ready.uploads > 0 ? withFilesGone(outcome) : outcome, reader.ids)
}

/** Dify refused the run because it has lost what was uploaded for it a moment ago. That is not the row's fault. */
function withFilesGone(outcome: Outcome): Outcome {
  const refused = outcome.kind === 'lost' ? outcome.ifUnknown : outcome
  if (refused?.kind !== 'rejected' || !/invalid upload file/i.test(inEnglish(refused.error))) return outcome
  const gone: Outcome = { kind: 'failed', error: refused.error, filesGone: true }
  return outcome.kind === 'lost' ? { ...outcome, ifUnknown: gone } : gone
}

/** An outcome with the run ids that are known. */
export function withIds(outcome: Outcome, ids: RunIds): WithRunIds<Outcome> {
  return Object.keys(ids).length > 0 ? { ...outcome, ids: { ...ids } } : outcome
}

/** @returns undefined if it was too late to send the call: nothing was */
async function post(
  access: ApiAccess,
  { mode, withinMs, memory }: CallOptions,
  call: Call,
  reader: RunReader,
): Promise<Outcome | undefined> {
  const { signal } = call
  const maySend = call.mayPost && (() => call.mayPost?.() !== false)
  const json = runBody(mode, call.inputs, call.variables, call.user)
  const path = KINDS[mode].run
  const answer = await ask(access, {
    method: 'POST',
    path,
    json,
    signal,
    withinMs,
    ...(maySend && { maySend }),
  }).catch((fault: unknown) => (fault instanceof NotSent ? undefined : outcomeOfFault(fault)))
  if (!answer) return undefined
  if ('kind' in answer) return unlessAborted(signal, answer)
  if (answer.statusCode === 202) return accepted(answer, reader)
  if (answer.statusCode !== 200) return refused(answer, memory)
  // The newest servers send the id in a header, so it is known even if the stream breaks before the first event.
  reader.serverVersion = versionOf(answer)
  const id = header(answer, 'x-workflow-run-id')
  if (id) reader.ids.workflowRunId = id
  const type = header(answer, 'content-type') ?? ''
  if (!/html/i.test(type)) memory.answered()
  if (isWhole(type)) return whole(answer, reader)
  return unlessAborted(signal, await follow(answer.body, reader, call))
}

/** A “not found” that is not Dify's, at an address where Dify has answered before: a proxy answers in its place. */
async function refused(answer: HttpAnswer, memory: AppMemory): Promise<Outcome> {
  const refusal = await refusalOf(answer)
  const outcome = outcomeOfRefusal(refusal)
  const { status, code } = refusal
  const isStandIn = code === undefined && (status === 404 || status === 405)
  if (!isStandIn || !memory.hasAnswered || outcome.kind !== 'halted') return outcome
  return { kind: 'throttled', by: 'server', error: outcome.error, slow: false, inTrouble: true }
}

/** A newer server may accept a call and only send the ids of its run. The run has to be looked up then. */
async function accepted(answer: HttpAnswer, reader: RunReader): Promise<Outcome> {
  const text = await textOf(answer).catch(() => '')
  const { task_id, workflow_run_id, message_id } = Accepted.safeParse(parsed(text)).data ?? {}
  const place = /\/workflows?\/(?:run\/|runs\/)?([0-9a-f-]{36})/.exec(header(answer, 'location') ?? '')?.[1]
  const id = header(answer, 'x-workflow-run-id') ?? workflow_run_id ?? place
  if (id) reader.ids.workflowRunId = id
  if (task_id && task_id !== id) reader.ids.difyTaskId = task_id
  if (message_id) reader.ids.messageId = message_id
  return { kind: 'lost', error: say('accepted-without-events') }
}

/** The answer is not a stream: a server or gateway that answers in one piece, or a page that is not Dify's. */
async function whole(answer: HttpAnswer, reader: RunReader): Promise<Outcome> {
  const text = await textOf(answer).catch(outcomeOfBreak)
  if (typeof text !== 'string') return text
  const body = parsed(text)
  const events = [...wholeRun(body), ...wholeMessage(body)]
  for (const event of events) {
    const outcome = reader.take(event)
    if (outcome) return outcome
  }
  return events.length > 0 ? reader.end() : outcomeOfRefusal(refusalOfText(answer, text))
}

function isWhole(contentType: string): boolean {
  return /json|html/i.test(contentType)
}

function wholeRun(body: unknown) {
  const run = BlockingRun.safeParse(body)
  return run.success ? [{ event: 'workflow_finished', message_id: undefined, ...run.data, raw: body }] : []
}

function wholeMessage(body: unknown) {
  const message = BlockingMessage.safeParse(body)
  if (!message.success) return []
  const { task_id, message_id } = message.data
  const ids = { task_id, message_id, workflow_run_id: undefined, data: undefined, raw: body }
  return [
    { event: 'message', ...ids },
    { event: 'message_end', ...ids },
  ]
}

/** On an abort undici throws the abort's reason, which can be anything. If the run's end came first, it counts. */
function unlessAborted(signal: AbortSignal, outcome: Outcome): Outcome {
  const broken = outcome.kind === 'lost' || outcome.kind === 'throttled'
  return signal.aborted && broken ? outcomeOfAbort() : outcome
}
