import type { Outcome } from '../engine/outcome.ts'
import type { Usage } from '../engine/run.ts'
import { type Coded, say } from '../engine/sentence.ts'
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
const APP_LIMIT = say('dify-app-limit')

const CHECK_KEY = say('do-check-key')
const PUBLISH = say('do-publish')
const CHECK_MODEL = say('do-check-model')
const CHECK_ADDRESS = say('do-check-address')
const NEW_KEY_NEEDED = say('do-add-again')

/** By Dify's own code, whatever the HTTP status. */
export const BY_CODE: Readonly<Record<string, Verdict>> = {
  invalid_param: { kind: 'rejected', says: say('dify-inputs-refused') },
  bad_request: { kind: 'rejected', says: say('dify-call-refused') },
  conversation_completed: { kind: 'rejected', says: say('dify-conversation-over') },
  no_file_uploaded: { kind: 'rejected', says: say('dify-no-file') },
  too_many_files: { kind: 'rejected', says: say('dify-too-many-files') },
  filename_not_exists_error: { kind: 'rejected', says: say('dify-file-without-name') },
  file_too_large: { kind: 'rejected', says: say('dify-file-too-large') },
  unsupported_file_type: { kind: 'rejected', says: say('dify-file-type') },
  completion_request_error: { kind: 'failed', says: say('model-answered-wrongly') },

  unauthorized: { kind: 'halted', says: say('dify-unknown-key'), hint: CHECK_KEY, sure: true },
  forbidden: { kind: 'halted', says: say('dify-app-closed'), hint: PUBLISH, sure: true },
  app_unavailable: { kind: 'halted', says: say('dify-app-unavailable'), hint: PUBLISH, sure: true },
  agent_not_published: {
    kind: 'halted',
    says: say('dify-app-unpublished'),
    hint: PUBLISH,
    sure: true,
  },
  workflow_version_execution_not_allowed: {
    kind: 'halted',
    says: say('dify-plan-without-versions'),
    hint: say('do-use-published'),
    sure: true,
  },
  not_workflow_app: { kind: 'halted', says: say('dify-not-a-workflow'), hint: NEW_KEY_NEEDED, sure: true },
  not_chat_app: {
    kind: 'halted',
    says: say('dify-not-a-chat'),
    hint: NEW_KEY_NEEDED,
    sure: true,
  },
  not_completion_app: {
    kind: 'halted',
    says: say('dify-not-a-generator'),
    hint: NEW_KEY_NEEDED,
    sure: true,
  },
  provider_not_initialize: {
    kind: 'halted',
    says: say('dify-no-provider-key'),
    hint: CHECK_MODEL,
    sure: true,
  },
  provider_quota_exceeded: {
    kind: 'halted',
    says: say('provider-quota-used-up'),
    hint: say('do-top-up-provider'),
    sure: true,
  },
  model_currently_not_support: {
    kind: 'halted',
    says: say('dify-no-such-model'),
    hint: say('do-choose-model'),
    sure: true,
  },
  rate_limit_error: {
    kind: 'halted',
    says: say('dify-quota-used-up'),
    hint: say('do-wait-for-quota'),
    sure: true,
  },
  // Either our address is wrong or one file is gone. Three rows in a row tell which.
  not_found: {
    kind: 'halted',
    says: say('dify-not-found'),
    hint: CHECK_ADDRESS,
    sure: false,
  },
  too_many_requests: { kind: 'throttled', by: 'app', says: APP_LIMIT },
  method_not_allowed: {
    kind: 'halted',
    says: say('no-dify-api'),
    hint: CHECK_ADDRESS,
    sure: false,
  },
}

/** By HTTP status, when there is no code or an unknown one. */
const BY_STATUS: Readonly<Record<number, Verdict>> = {
  401: { kind: 'halted', says: say('server-unknown-key'), hint: CHECK_KEY, sure: true },
  // A firewall in front of Dify may block the text of this row only.
  403: { kind: 'halted', says: say('server-refuses'), hint: PUBLISH, sure: false },
  404: { kind: 'halted', says: say('no-dify-api'), hint: CHECK_ADDRESS, sure: false },
  405: { kind: 'halted', says: say('no-dify-api'), hint: CHECK_ADDRESS, sure: false },
  407: {
    kind: 'halted',
    says: say('proxy-sign-in'),
    hint: say('do-bypass-proxy'),
    sure: false,
  },
  408: { kind: 'lost', says: say('server-gave-up') },
  413: { kind: 'rejected', says: say('row-too-large') },
  415: { kind: 'rejected', says: say('content-type-refused') },
  429: { kind: 'throttled', says: say('server-refuses-for-now') },
}

/** Without Dify's words the refusal is a proxy's, such as Cloudflare's page 1015. It lasts longer. */
const BY_STATUS_OF_A_PAGE: Readonly<Record<number, Verdict>> = {
  429: {
    kind: 'throttled',
    by: 'proxy',
    says: say('proxy-refuses-for-now'),
    retryAfterMs: CLOUDFLARE_PAUSE_MS,
  },
}

/** All other statuses, by class. A 5xx may come after the run was started, so the run is looked up first. */
const BY_CLASS: Readonly<Record<number, Verdict>> = {
  1: { kind: 'lost', says: say('server-broke-off') },
  2: { kind: 'lost', says: say('server-gave-no-run') },
  3: { kind: 'halted', says: say('server-redirects'), hint: CHECK_ADDRESS, sure: false },
  4: { kind: 'rejected', says: say('server-does-not-accept') },
  5: { kind: 'lost', says: say('server-failed') },
}

/** An app's own limit comes as 400 `invalid_param` in some versions, as 429 `too_many_requests` in others. */
const OF_APP_LIMIT = /too many requests[^]*concurrent requests allowed[^]* is (\d+)/i

/** These codes only say that something went wrong during the run; the words say what. */
const WORDS_DECIDE = new Set(['invalid_param', 'completion_request_error', 'rate_limit_error', 'unknown'])

/** What a refusal means for the row. `usage`: the cost of the run that ended so, if one had started. */
export function outcomeOfRefusal(refusal: Refusal, usage?: Usage): Outcome {
  const verdict = verdictOf(refusal)
  const said = sentence(verdict.says, refusal)
  const error = isAppLimitOfOne(refusal.text) ? say('raise-app-limit', { error: said }) : said
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
  says: say('provider-refuses-for-now'),
}
const RUN_FAILED: Verdict = { kind: 'failed', says: say('workflow-failed') }
const UNKNOWN: Verdict = { kind: 'lost', says: say('server-unknown-status') }

function isAppLimitOfOne(text: string): boolean {
  return OF_APP_LIMIT.exec(text)?.[1] === '1'
}

function sentence(verdict: Coded, { status, code, text, location }: Refusal): Coded {
  const label = code === undefined ? `HTTP ${status}` : `${status} ${quote(code)}`
  const words = isPage(text) ? (titleOfPage(text) ?? '') : quote(text)
  const says =
    location === undefined ? verdict : say('redirected-to', { says: verdict, address: quote(location) })
  return words === '' ? say('answer', { says, label }) : say('answer-with-words', { says, label, words })
}

function isPage(text: string): boolean {
  return text.trimStart().startsWith('<')
}
