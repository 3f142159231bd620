import type { Call, Outcome, WithRunIds } from '../../engine/outcome.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { BlockingMessage, BlockingRun, parsed } from '../client/answers.ts'
import { outcomeOfAbort, outcomeOfFault, refusalOf, refusalOfText } from '../client/faults.ts'
import { inputsWithUploads, type FilePolicy } from '../client/files.ts'
import { follow } from './follow.ts'
import { ask, header, textOf, type ApiAccess, type HttpAnswer } from '../client/http.ts'
import { outcomeOfRefusal } from '../outcome.ts'
import { runBody } from './payload.ts'
import { RunReader } from './run-reader.ts'

const RUN_PATHS = {
  workflow: '/workflows/run',
  'advanced-chat': '/chat-messages',
  completion: '/completion-messages',
} as const satisfies Record<AppMode, string>

/** Starts a run and follows it to its end. Every fault of the network or of Dify becomes an outcome. */
export async function run(
  access: ApiAccess,
  mode: AppMode,
  files: FilePolicy,
  call: Call,
): Promise<WithRunIds<Outcome>> {
  const ready = await inputsWithUploads(access, files, call)
  if (ready.kind !== 'ready') return call.signal.aborted ? outcomeOfAbort() : ready

  const reader = new RunReader(mode)
  const outcome = await post(access, mode, { ...call, inputs: ready.inputs }, reader)
  const hasIds = reader.ids.workflowRunId !== undefined || reader.ids.difyTaskId !== undefined
  return hasIds ? { ...outcome, ids: { ...reader.ids } } : outcome
}

async function post(access: ApiAccess, mode: AppMode, call: Call, reader: RunReader): Promise<Outcome> {
  const { signal } = call
  const json = runBody(mode, call.inputs, call.variables, call.user)
  const answer = await ask(access, { method: 'POST', path: RUN_PATHS[mode], json, signal }).catch(
    outcomeOfFault,
  )
  if ('kind' in answer) return unlessAborted(signal, answer)
  if (answer.statusCode !== 200) return outcomeOfRefusal(await refusalOf(answer))
  if (isWhole(header(answer, 'content-type'))) return whole(answer, reader)
  // The newest servers tell the id with the headers: it is known before the first event, even if the stream then breaks.
  const id = header(answer, 'x-workflow-run-id')
  if (id) reader.ids.workflowRunId = id
  return unlessAborted(signal, await follow(answer.body, reader, (ids) => call.onProgress(ids)))
}

/** Not a stream after all: a server or a gateway that answers in one piece, or a page that is not Dify's. */
async function whole(answer: HttpAnswer, reader: RunReader): Promise<Outcome> {
  const text = await textOf(answer).catch(outcomeOfFault)
  if (typeof text !== 'string') return text
  const body = parsed(text)
  const events = [...wholeRun(body), ...wholeMessage(body)]
  for (const event of events) {
    const outcome = reader.take(event)
    if (outcome) return outcome
  }
  return outcomeOfRefusal(refusalOfText(answer, text))
}

function isWhole(contentType = ''): boolean {
  return /json|html/i.test(contentType)
}

function wholeRun(body: unknown) {
  const run = BlockingRun.safeParse(body)
  return run.success ? [{ event: 'workflow_finished', ...run.data, raw: body }] : []
}

function wholeMessage(body: unknown) {
  const message = BlockingMessage.safeParse(body)
  if (!message.success) return []
  const { task_id } = message.data
  const ids = { task_id, workflow_run_id: undefined, data: undefined, raw: body }
  return [
    { event: 'message', ...ids },
    { event: 'message_end', ...ids },
  ]
}

/** undici tells an abort as whatever the reason was. An end that came first stands. */
function unlessAborted(signal: AbortSignal, outcome: Outcome): Outcome {
  const broken = outcome.kind === 'lost' || outcome.kind === 'throttled'
  return signal.aborted && broken ? outcomeOfAbort() : outcome
}
