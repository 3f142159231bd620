import type { WebClient } from '@slack/web-api'
import { UserError } from '../../engine/user-error.ts'
import type { IncomingFile } from '../handlers/receive-file.ts'
import { valueAt, textAt } from '../json-path.ts'
import { type SlackCallResult, callWithRetries } from './call.ts'
import { slackTexts } from './texts.ts'
import { bytesOf, type Downloaded, type DownloadRules, downloadRules, isAllowed } from '../download.ts'

/** What an event says of a file. Only the id is believed: the rest is asked for afresh. */
export interface SlackFileHint {
  id: string
  name: string
}

/** Brings a file over, or says in a sentence why it cannot be had. */
export class SlackFiles {
  constructor(
    private readonly client: WebClient,
    private readonly rules: SlackFetchRules,
  ) {}

  /** @param source the same for every event of one sending */
  incomingFile(file: SlackFileHint, source: string, locale: string): IncomingFile {
    return { name: file.name, source, download: () => this.#download(file, locale) }
  }

  async #download({ id, name }: SlackFileHint, locale: string): ReturnType<IncomingFile['download']> {
    const texts = slackTexts(locale)
    const called = await callWithRetries(this.client, 'files.info', { file: id })
    if (called.kind !== 'ok') throw refusal(called, name, locale)
    const file = valueAt(called.value, 'file')
    // “check_file_info” events come without a name.
    const named = textAt(file, 'name') || name
    const mode = textAt(file, 'mode')
    if (mode === 'tombstone') throw new UserError(texts.deleted(named), texts.sendAgain)
    if (mode === 'hidden_by_limit') throw new UserError(texts.overPlan(named), texts.sendAgain)
    if (valueAt(file, 'is_external') === true || !HELD_BY_SLACK.has(mode))
      throw new UserError(texts.elsewhere(named), texts.elsewhereHint)
    const size = valueAt(file, 'size')
    if (typeof size === 'number' && size > this.rules.maxBytes) throw tooLarge(named, this.rules, locale)

    const got = await fetchFile(
      textAt(file, 'url_private_download') || textAt(file, 'url_private'),
      this.rules,
    )
    switch (got.kind) {
      case 'ok':
        return { name: named, bytes: got.bytes }
      case 'tooLarge':
        throw tooLarge(named, this.rules, locale)
      case 'page':
        // Slack answers a token that may not have the file with its sign-in page, and HTTP 200.
        throw new UserError(texts.missingScope('files:read'), texts.missingScopeHint)
      case 'failed':
        throw new UserError(texts.unreachable(named), texts.sendAgain)
    }
  }
}

/** Small text files are snippets once they are edited in Slack; a .csv often is one. */
const HELD_BY_SLACK = new Set(['hosted', 'snippet'])

function refusal(called: Exclude<SlackCallResult, { kind: 'ok' }>, name: string, locale: string): UserError {
  const texts = slackTexts(locale)
  if (called.kind !== 'refused') return new UserError(texts.unreachable(name), texts.sendAgain)
  switch (called.error) {
    case 'missing_scope':
    case 'no_permission':
      return new UserError(texts.missingScope('files:read'), texts.missingScopeHint)
    case 'file_deleted':
      return new UserError(texts.deleted(name), texts.sendAgain)
    case 'file_not_found':
    case 'access_denied':
      return new UserError(texts.notVisible(name), texts.notVisibleHint)
    default:
      return new UserError(texts.unreachable(name), texts.sendAgain)
  }
}

function tooLarge(name: string, { maxBytes }: SlackFetchRules, locale: string): UserError {
  return new UserError(slackTexts(locale).tooLarge(name, Math.floor(maxBytes / 2 ** 20)))
}

/** Whoever may be asked gets the token. */
export interface SlackFetchRules extends DownloadRules {
  token: string
}

export type SlackFetched =
  | Downloaded
  /** a web page came instead */
  | { kind: 'page' }

const MOST_REDIRECTS = 3
const SLACK_HOSTS = ['slack.com', '.slack.com']

/** @param apiUrl where SLACK_API_URL points: whoever answers there has the token already */
export function fetchRules(token: string, maxBytes: number, apiUrl?: string): SlackFetchRules {
  return { token, ...downloadRules(SLACK_HOSTS, maxBytes, apiUrl) }
}

/** Redirects are followed by hand, since each new host must be allowed before it is given the token. */
export async function fetchFile(address: string, rules: SlackFetchRules): Promise<SlackFetched> {
  try {
    return await follow(address, rules, AbortSignal.timeout(rules.timeoutMs))
  } catch {
    // The line was cut, the address is none, or it took too long: the person reads the same sentence.
    return { kind: 'failed' }
  }
}

async function follow(address: string, rules: SlackFetchRules, signal: AbortSignal): Promise<SlackFetched> {
  let url = new URL(address)
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    if (!isAllowed(url, rules)) return { kind: 'failed' }
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${rules.token}` },
      redirect: 'manual',
      signal,
    })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || !location) return read(response, rules)
    await response.body?.cancel()
    url = new URL(location, url)
  }
  return { kind: 'failed' }
}

async function read(response: Response, rules: SlackFetchRules): Promise<SlackFetched> {
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html'))
    return bytesOf(response, rules)
  await response.body?.cancel()
  return { kind: 'page' }
}
