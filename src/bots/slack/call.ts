import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  type WebClient,
} from '@slack/web-api'
import type { SendResult } from '../chat.ts'

/** Slack’s answer, not parsed: each caller reads what it needs. */
export type Answered = Record<string, unknown>

/** `refused`: with Slack’s error code. `http`: the call may have taken effect. */
export type SlackCallResult =
  | { kind: 'ok'; value: Answered }
  | { kind: 'refused'; error: string }
  | { kind: 'limited'; retryAfterMs: number }
  | { kind: 'unsure'; error: string }

/** One call of the Web API, with failures as values. */
export async function call(client: WebClient, method: string, args: object): Promise<SlackCallResult> {
  try {
    return { kind: 'ok', value: { ...(await client.apiCall(method, { ...args })) } }
  } catch (fault) {
    return calledOf(fault)
  }
}

/** How long to wait if Slack limits us without saying how long. */
const LIMITED_MS = 5_000

function calledOf(fault: unknown): SlackCallResult {
  if (fault instanceof WebAPIRateLimitedError)
    return { kind: 'limited', retryAfterMs: fault.retryAfter * 1_000 }
  if (fault instanceof WebAPIPlatformError) {
    const { error } = fault.data
    if (RATE_LIMITS.has(error)) return { kind: 'limited', retryAfterMs: LIMITED_MS }
    return TROUBLES.has(error) ? { kind: 'unsure', error } : { kind: 'refused', error }
  }
  if (fault instanceof WebAPIHTTPError) return { kind: 'unsure', error: `HTTP ${fault.statusCode}` }
  if (fault instanceof WebAPIRequestError)
    return { kind: 'unsure', error: fault.message.replace(/^A request error occurred: /, '') }
  throw fault
}

const RATE_LIMITS = new Set(['ratelimited', 'rate_limited'])
/** Slack’s own failures: whether the call took effect is unknown. */
const TROUBLES = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'])

/** Error codes of every call with a token that Slack does not accept (any more). */
export const TOKEN_REFUSALS = new Set([
  'invalid_auth',
  'not_authed',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'not_allowed_token_type',
])
/** The whole workspace takes no calls for now. */
const WORKSPACE_AWAY = new Set([
  'accesslimited',
  'org_login_required',
  'team_added_to_org',
  'two_factor_setup_required',
])

/**
 * The place or the message is gone for good, or the bot may not write there: https://docs.slack.dev/reference/methods.
 * What is in none of these lists is tried again before the next place is.
 */
const GONE = new Set([
  'access_denied',
  'cannot_reply_to_message',
  'cant_update_message',
  'channel_not_found',
  'edit_window_closed',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_channel',
  'is_archived',
  'is_inactive',
  'message_not_found',
  'method_not_supported_for_channel_type',
  'missing_scope',
  'no_permission',
  'not_in_channel',
  'posting_to_channel_denied',
  'team_access_not_granted',
  'team_not_found',
  'thread_not_found',
  // of people
  'cannot_dm_bot',
  'invalid_user_combination',
  'messages_tab_disabled',
  'user_disabled',
  'user_not_found',
  'user_not_visible',
])
/** Not only this message or thread. */
const CHANNEL_GONE = new Set(['channel_not_found', 'is_archived', 'is_inactive', 'not_in_channel'])
/** Every one of these names another reason why the bot may not write into this place. */
const GONE_PREFIXES = ['restricted_action', 'slack_connect_']
/** Of a file: it can be had in another way than in Slack. */
const TOO_LARGE = new Set([
  'file_too_large',
  'file_type_not_allowed',
  'file_upload_size_restricted',
  'file_uploads_disabled',
  'msg_blocks_too_long',
  'msg_too_long',
  'storage_limit_reached',
])

/** Converts a call’s result to what the Chat interface returns. */
export function sentOf(
  called: Exclude<SlackCallResult, { kind: 'ok' }>,
): Exclude<SendResult, { kind: 'ok' }> {
  switch (called.kind) {
    case 'limited':
      return called
    case 'unsure':
      return { kind: 'failed', error: called.error, isDown: true }
    case 'refused':
      return refusedOf(called.error)
  }
}

function refusedOf(error: string): Exclude<SendResult, { kind: 'ok' }> {
  // No other place is better: it is sent once there is a token that works.
  if (TOKEN_REFUSALS.has(error) || WORKSPACE_AWAY.has(error)) return { kind: 'failed', error, isDown: true }
  const isGone = GONE.has(error) || GONE_PREFIXES.some((prefix) => error.startsWith(prefix))
  if (isGone) return { kind: 'gone', error, ...(CHANNEL_GONE.has(error) && { isChannel: true }) }
  return { kind: TOO_LARGE.has(error) ? 'tooLarge' : 'failed', error }
}

const TRIES = 3
/** As long as somebody waits who has sent a file. */
const MOST_MS = 30_000
const AFTER_TROUBLE_MS = 500

/**
 * A read-only call, retried while Slack is busy or failing.
 * @param mostMs Slack is not waited for longer than that at once
 */
export async function callWithRetries(
  client: WebClient,
  method: string,
  args: object,
  mostMs = MOST_MS,
): Promise<SlackCallResult> {
  let called = await call(client, method, args)
  for (let tried = 1; tried < TRIES; tried++) {
    if (called.kind === 'ok' || called.kind === 'refused') return called
    const wait = called.kind === 'limited' ? called.retryAfterMs : AFTER_TROUBLE_MS * tried
    if (wait > mostMs) return called
    await Bun.sleep(wait)
    called = await call(client, method, args)
  }
  return called
}
