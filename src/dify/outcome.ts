import type { Outcome } from '../engine/outcome.ts'
import type { Usage } from '../engine/run.ts'
import { quote, titleOfPage } from './client/server-text.ts'
import { outcomeOfVerdict, type Verdict } from './verdict.ts'
import { retryAfterIn, verdictOnRefusal } from './words.ts'

/*
 * The one place that says what an answer of Dify's means for a row. Sources: the error pages of Dify's own
 * documentation and the source of its server.
 *
 * The rule behind the table: if we do not know whether a run exists, the outcome is `lost`, and Dify is asked before
 * anything is paid for again.
 */

/** A refusal, as it came over the wire: an HTTP answer, or an `error` event inside a stream. */
export interface Refusal {
  status: number
  /** Dify's error code; absent when the answer is not from Dify */
  code?: string | undefined
  /** Dify's message, or the body of a page that another server sent */
  text: string
  /** it was an `error` event: the call had been accepted, and the run or the answer had started */
  inStream?: true
  retryAfterMs?: number | undefined
  /** where a redirect points */
  location?: string | undefined
}

const CLOUDFLARE_PAUSE_MS = 60_000
const APP_LIMIT = 'Dify has as many calls of this app at once as it lets in'

const CHECK_KEY = 'Check the API key of this workflow in Dify under “API Access”, and enter it again.'
const PUBLISH = 'Open the app in Dify, publish it, see that its API is switched on, then try again.'
const CHECK_MODEL = 'Look at the model provider in Dify’s settings, then try again.'
const CHECK_ADDRESS = 'Check the address of the Dify server: it usually ends in /v1.'
const NEW_KEY_NEEDED = 'Add the workflow to Rowbot again, so that it learns what kind of app it is now.'

/** By Dify's own code, whatever the HTTP status. */
export const BY_CODE: Readonly<Record<string, Verdict>> = {
  invalid_param: { kind: 'rejected', says: 'Dify does not accept the inputs of this row' },
  bad_request: { kind: 'rejected', says: 'Dify does not accept this call' },
  conversation_completed: { kind: 'rejected', says: 'The conversation has ended' },
  no_file_uploaded: { kind: 'rejected', says: 'Dify did not get the file' },
  too_many_files: { kind: 'rejected', says: 'Dify takes fewer files' },
  filename_not_exists_error: { kind: 'rejected', says: 'Dify wants a file with a name' },
  file_too_large: { kind: 'rejected', says: 'The file is larger than this Dify server takes' },
  unsupported_file_type: { kind: 'rejected', says: 'Dify does not take this type of file' },
  completion_request_error: { kind: 'failed', says: 'The model did not answer as it should' },

  unauthorized: { kind: 'halted', says: 'Dify does not know this API key', hint: CHECK_KEY, sure: true },
  forbidden: { kind: 'halted', says: 'Dify does not let this app be called', hint: PUBLISH, sure: true },
  app_unavailable: { kind: 'halted', says: 'The app is not available in Dify', hint: PUBLISH, sure: true },
  agent_not_published: {
    kind: 'halted',
    says: 'The app is not published in Dify',
    hint: PUBLISH,
    sure: true,
  },
  workflow_version_execution_not_allowed: {
    kind: 'halted',
    says: 'The plan of this Dify workspace does not run fixed versions of a workflow',
    hint: 'Let Rowbot run the published version, or change the plan.',
    sure: true,
  },
  not_workflow_app: { kind: 'halted', says: 'The app is not a workflow', hint: NEW_KEY_NEEDED, sure: true },
  not_chat_app: {
    kind: 'halted',
    says: 'The app is not a chatflow, chatbot or agent',
    hint: NEW_KEY_NEEDED,
    sure: true,
  },
  not_completion_app: {
    kind: 'halted',
    says: 'The app is not a text generator',
    hint: NEW_KEY_NEEDED,
    sure: true,
  },
  provider_not_initialize: {
    kind: 'halted',
    says: 'Dify has no key for the model’s provider',
    hint: CHECK_MODEL,
    sure: true,
  },
  provider_quota_exceeded: {
    kind: 'halted',
    says: 'The quota at the model’s provider is used up',
    hint: 'Top up the quota or enter a provider key of your own in Dify’s settings, then try again.',
    sure: true,
  },
  model_currently_not_support: {
    kind: 'halted',
    says: 'Dify does not offer the model of this app',
    hint: 'Choose another model in the app, publish it, then try again.',
    sure: true,
  },
  rate_limit_error: {
    kind: 'halted',
    says: 'The quota of this Dify workspace is used up',
    hint: 'Wait until the quota is renewed or change the plan in Dify, then try again.',
    sure: true,
  },
  // Either our address is wrong or one file is gone. Three rows in a row tell which.
  not_found: {
    kind: 'halted',
    says: 'Dify does not find what was asked for',
    hint: CHECK_ADDRESS,
    sure: false,
  },
  too_many_requests: { kind: 'throttled', by: 'app', says: APP_LIMIT },
  method_not_allowed: {
    kind: 'halted',
    says: 'There is no Dify API at this address',
    hint: CHECK_ADDRESS,
    sure: false,
  },
}

/** By HTTP status, when there is no code or an unknown one. */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  401: { kind: 'halted', says: 'The server does not accept this API key', hint: CHECK_KEY, sure: true },
  // A firewall in front of Dify may block the text of this row only.
  403: { kind: 'halted', says: 'The server refuses the call', hint: PUBLISH, sure: false },
  404: { kind: 'halted', says: 'There is no Dify API at this address', hint: CHECK_ADDRESS, sure: false },
  405: { kind: 'halted', says: 'There is no Dify API at this address', hint: CHECK_ADDRESS, sure: false },
  407: {
    kind: 'halted',
    says: 'A proxy requires a sign-in',
    hint: 'Let this machine reach Dify without the proxy’s sign-in.',
    sure: false,
  },
  408: { kind: 'lost', says: 'The server gave up waiting for the call' },
  413: { kind: 'rejected', says: 'The row is larger than the server takes' },
  415: { kind: 'rejected', says: 'The server does not take this type of content' },
  429: { kind: 'throttled', says: 'The server refuses calls for now' },
}

/** Without Dify's words the refusal is a proxy's, such as Cloudflare's page 1015. It lasts longer. */
const BY_STATUS_OF_A_PAGE: Readonly<Record<number, Verdict>> = {
  429: {
    kind: 'throttled',
    by: 'proxy',
    says: 'A proxy in front of Dify refuses calls for now',
    retryAfterMs: CLOUDFLARE_PAUSE_MS,
  },
}

/** All other statuses, by class. A 5xx may come after the run was started, so the run is looked up first. */
const BY_CLASS: Readonly<Record<number, Verdict>> = {
  1: { kind: 'lost', says: 'The server broke off the call' },
  2: { kind: 'lost', says: 'The server answered with something that is not a run' },
  3: { kind: 'halted', says: 'The server redirects to another address', hint: CHECK_ADDRESS, sure: false },
  4: { kind: 'rejected', says: 'The server does not accept the call' },
  5: { kind: 'lost', says: 'The server failed, and the run may go on' },
}

/** An app's own limit comes as 400 `invalid_param` in some versions, as 429 `too_many_requests` in others. */
const OF_APP_LIMIT = /too many requests[^]*concurrent requests allowed[^]* is (\d+)/i
const RAISE_LIMIT =
  ' An app whose limit is 1 refuses every streamed call: raise “Max active requests” of the app in Dify to 2 or more.'

/** These codes only say that something went wrong during the run; the words say what. */
const WORDS_DECIDE = new Set(['invalid_param', 'completion_request_error', 'rate_limit_error', 'unknown'])

/** What a refusal means for the row. `usage`: the cost of the run that ended so, if one had started. */
export function outcomeOfRefusal(refusal: Refusal, usage?: Usage): Outcome {
  const verdict = verdictOf(refusal)
  const error = sentence(verdict.says, refusal) + appLimitOfOne(refusal.text)
  const wait = refusal.retryAfterMs ?? (verdict.kind === 'throttled' ? retryAfterIn(refusal.text) : undefined)
  const outcome = outcomeOfVerdict(verdict, error, { retryAfterMs: wait, usage })
  return outcome.kind === 'lost' && isTrouble(refusal) ? { ...outcome, inTrouble: true } : outcome
}

function verdictOf({ status, code, text, inStream }: Refusal): Verdict {
  if (OF_APP_LIMIT.test(text)) return { kind: 'throttled', by: 'app', says: APP_LIMIT }
  // A refusal before any stream begins is a limit of the Dify workspace, whatever the words say.
  if (code === 'rate_limit_error' && !inStream) return BY_CODE[code] ?? UNKNOWN
  const decided = code === undefined || WORDS_DECIDE.has(code) ? verdictOnRefusal(text) : undefined
  if (decided && !isPage(text)) return decided
  // A chatflow in blocking mode reports the end of its run in this way.
  if (code === 'invalid_param' && text.startsWith('Run failed:')) return RUN_FAILED
  if (code === 'rate_limit_error') return PROVIDER_LIMIT
  const byCode = code !== undefined && Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined
  return (
    byCode ??
    (code === undefined ? BY_STATUS_OF_A_PAGE[status] : undefined) ??
    BY_STATUS[status] ??
    BY_CLASS[Math.floor(status / 100)] ??
    UNKNOWN
  )
}

/** The server itself, or a proxy in front of it, is in trouble. That says nothing about this call. */
function isTrouble({ status, code, text, inStream }: Refusal): boolean {
  return !inStream && (status >= 500 || status === 408 || (code === undefined && isPage(text)))
}

const PROVIDER_LIMIT: Verdict = {
  kind: 'throttled',
  by: 'provider',
  says: 'The model’s provider refuses calls for now',
}
const RUN_FAILED: Verdict = { kind: 'failed', says: 'The workflow failed' }
const UNKNOWN: Verdict = { kind: 'lost', says: 'The server answered with an unknown status' }

function appLimitOfOne(text: string): string {
  return OF_APP_LIMIT.exec(text)?.[1] === '1' ? RAISE_LIMIT : ''
}

function sentence(says: string, { status, code, text, location }: Refusal): string {
  const label = code === undefined ? `HTTP ${status}` : `${status} ${quote(code)}`
  const words = isPage(text) ? (titleOfPage(text) ?? '') : quote(text)
  const where = location === undefined ? '' : `, to ${quote(location)}`
  return words === '' ? `${says}${where} (${label}).` : `${says}${where} (${label}): “${words}”`
}

function isPage(text: string): boolean {
  return text.trimStart().startsWith('<')
}
