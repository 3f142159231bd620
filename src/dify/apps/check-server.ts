import { z } from 'zod'
import { inEnglish } from '../../engine/sentence.ts'
import type { AppMode } from '../../engine/workflow.ts'
import { ErrorBody, Info, Parameters, parsed } from '../client/answers.ts'
import { outcomeOfFault } from '../client/faults.ts'
import { type ApiAccess, ask, discard, header, textOf, within, type Ask } from '../client/http.ts'
import { quote } from '../client/server-text.ts'
import { KINDS } from './kinds.ts'

const PATIENCE_MS = 15_000

/** One call to a live server that runs nothing, changes nothing and costs nothing, and what its answer means. */
export interface ServerCheck {
  call: Pick<Ask, 'method' | 'path' | 'query' | 'json'>
  /** for people, shown before the call is made */
  purpose: string
  read: (answer: ProbeAnswer) => ServerFact
}

/** warning: Rowbot works without it, but not as well. */
export interface ServerFact {
  kind: 'fine' | 'warning' | 'broken'
  sentence: string
}

/** The parts of the answer that a check needs. */
export interface ProbeAnswer {
  status: number
  /** Dify's error code */
  code: string | undefined
  /** as the server names it in X-Version */
  version: string | undefined
  body: unknown
}

/**
 * Harmless calls that show how well Rowbot can work with a server.
 * @param id a new UUID, used as the id of a run, a task and a user that do not exist
 */
export function probesFor(mode: AppMode, id: string = crypto.randomUUID()): ServerCheck[] {
  const user = `rowbot-check-${id}`
  const { hasRuns, asks, stop } = KINDS[mode]
  return [
    { call: { method: 'GET', path: '/info' }, purpose: 'its version, and what the app is', read: readInfo },
    {
      call: { method: 'GET', path: '/parameters' },
      purpose: 'the app’s inputs and the server’s limits',
      read: readParameters,
    },
    ...(hasRuns ? runProbes(id, user) : []),
    ...(mode === 'workflow' ? [logsProbe(user)] : asks ? [talksProbe(user)] : []),
    {
      call: { method: 'POST', path: stop(id), json: { user } },
      purpose: 'stopping a task that does not exist',
      read: readStop,
    },
  ]
}

/** @returns what the answer means; no answer is a result, too */
export async function askProbe(access: ApiAccess, { call, read }: ServerCheck): Promise<ServerFact> {
  try {
    return read(await within(PATIENCE_MS, undefined, (signal) => answerTo(access, call, signal)))
  } catch (fault) {
    const outcome = outcomeOfFault(fault)
    const why = 'error' in outcome ? inEnglish(outcome.error) : 'It did not answer.'
    return broken(`${call.method} ${call.path}: ${why}`)
  }
}

async function answerTo(
  access: ApiAccess,
  call: ServerCheck['call'],
  signal: AbortSignal,
): Promise<ProbeAnswer> {
  const answer = await ask(access, { ...call, signal })
  const version = header(answer, 'x-version')
  const { statusCode: status } = answer
  if (header(answer, 'content-type')?.startsWith('text/event-stream')) {
    discard(answer) // the body may never end
    return { status, code: undefined, version, body: undefined }
  }
  const body = parsed(await textOf(answer))
  return { status, code: ErrorBody.safeParse(body).data?.code, version, body }
}

function runProbes(id: string, user: string): ServerCheck[] {
  return [
    {
      call: { method: 'GET', path: `/workflows/run/${id}` },
      purpose: 'looking up a run that does not exist',
      read: (answer) =>
        isUnknown(answer)
          ? fine('A run can be looked up: after a lost connection its result is fetched, not paid for again.')
          : warning(`A run cannot be looked up as Rowbot does it (${answerText(answer)}).`),
    },
    {
      call: { method: 'GET', path: `/workflow/${id}/events`, query: { user } },
      purpose: 'joining the stream of a run that does not exist',
      read: (answer) =>
        isUnknown(answer)
          ? fine('A running run can be joined again: a broken stream keeps its tokens and price.')
          : warning(
              `A run cannot be joined again (${answerText(answer)}): after a broken stream its price is unknown.`,
            ),
    },
  ]
}

const Logs = z.object({ data: z.array(z.unknown()) })

function logsProbe(user: string): ServerCheck {
  return {
    call: {
      method: 'GET',
      path: '/workflows/logs',
      query: { created_by_end_user_session_id: user, limit: 1 },
    },
    purpose: 'the runs of a user that does not exist',
    read(answer) {
      const logs = Logs.safeParse(answer.body)
      if (answer.status !== 200 || !logs.success) {
        return warning(
          `Runs cannot be listed (${answerText(answer)}): a call without an answer may be paid twice.`,
        )
      }
      return logs.data.data.length === 0
        ? fine('A run is found by its user: a call without an answer is looked for before it is made again.')
        : warning('The server lists everybody’s runs instead of one user’s: looking for one takes longer.')
    },
  }
}

function talksProbe(user: string): ServerCheck {
  return {
    call: { method: 'GET', path: '/conversations', query: { user, limit: 1 } },
    purpose: 'the conversations of a user that does not exist',
    read: (answer) =>
      answer.status === 200 && Logs.safeParse(answer.body).data?.data.length === 0
        ? fine(
            'An answer is found by its user: a call without an answer is looked for before it is made again.',
          )
        : warning(`Conversations cannot be listed (${answerText(answer)}): a lost call may be paid twice.`),
  }
}

function readInfo(answer: ProbeAnswer): ServerFact {
  const info = Info.safeParse(answer.body)
  if (answer.status !== 200 || !info.success) return broken(`The app cannot be asked: ${answerText(answer)}.`)
  const app = `“${quote(info.data.name)}” (${quote(info.data.mode ?? 'of an unknown kind')})`
  return answer.version === undefined
    ? warning(`${app} answers; the server does not say its version.`)
    : fine(`${app} answers, on Dify ${quote(answer.version)}.`)
}

function readParameters(answer: ProbeAnswer): ServerFact {
  const parameters = Parameters.safeParse(answer.body)
  if (answer.status !== 200 || !parameters.success) {
    return broken(`The app’s inputs cannot be read: ${answerText(answer)}.`)
  }
  const { user_input_form: form, system_parameters: limits } = parameters.data
  const sizes = [
    ['documents', limits?.file_size_limit],
    ['images', limits?.image_file_size_limit],
    ['audio', limits?.audio_file_size_limit],
    ['video', limits?.video_file_size_limit],
  ] as const
  const most = sizes.flatMap(([what, mb]) => (typeof mb === 'number' ? [`${what} up to ${mb} MB`] : []))
  const inputs = `The app has ${form.length === 1 ? '1 input' : `${form.length} inputs`}.`
  return most.length === 0
    ? warning(`${inputs} The server does not say how large files may be.`)
    : fine(`${inputs} Files: ${most.join(', ')}.`)
}

function readStop(answer: ProbeAnswer): ServerFact {
  return answer.status === 200
    ? fine('A run can be stopped.')
    : warning(`A run cannot be stopped (${answerText(answer)}): a stopped task lets its runs go on.`)
}

/** Dify's own code: the error page of a proxy does not have it. */
function isUnknown({ status, code }: ProbeAnswer): boolean {
  return status === 404 && code === 'not_found'
}

function answerText({ status, code, body }: ProbeAnswer): string {
  const message = ErrorBody.safeParse(body).data?.message
  return `HTTP ${status}${code ? ` ${quote(code)}` : ''}${message ? `: “${quote(message)}”` : ''}`
}

function fine(sentence: string): ServerFact {
  return { kind: 'fine', sentence }
}

function warning(sentence: string): ServerFact {
  return { kind: 'warning', sentence }
}

function broken(sentence: string): ServerFact {
  return { kind: 'broken', sentence }
}
