import type { WebClient } from '@slack/web-api'
import { UserError } from '../../engine/user-error.ts'
import type { Sending } from '../handlers/receive.ts'
import { at, textAt } from '../json-path.ts'
import { type Called, patiently } from './call.ts'
import { slackWords } from './texts.ts'
import { bytesOf, type Downloaded, type DownloadRules, downloadRules, isAllowed } from '../download.ts'

/** What an event says of a file. Only the id is believed: the rest is asked for afresh. */
export interface FileHint {
  id: string
  name: string
}

/** Brings a file over, or says in a sentence why it cannot be had. */
export class Files {
  constructor(
    private readonly client: WebClient,
    private readonly rules: FetchRules,
  ) {}

  /** @param source the same for every event of one sending */
  sendingOf(file: FileHint, source: string, locale: string): Sending {
    return { name: file.name, source, download: () => this.#download(file, locale) }
  }

  async #download({ id, name }: FileHint, locale: string): ReturnType<Sending['download']> {
    const words = slackWords(locale)
    const called = await patiently(this.client, 'files.info', { file: id })
    if (called.kind !== 'ok') throw refusal(called, name, locale)
    const file = at(called.value, 'file')
    // “check_file_info” events come without a name.
    const named = textAt(file, 'name') || name
    const mode = textAt(file, 'mode')
    if (mode === 'tombstone') throw new UserError(words.deleted(named), words.sendAgain)
    if (mode === 'hidden_by_limit') throw new UserError(words.overPlan(named), words.sendAgain)
    if (at(file, 'is_external') === true || !HELD_BY_SLACK.has(mode))
      throw new UserError(words.elsewhere(named), words.elsewhereHint)
    const size = at(file, 'size')
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
        throw new UserError(words.missingScope('files:read'), words.missingScopeHint)
      case 'failed':
        throw new UserError(words.unreachable(named), words.sendAgain)
    }
  }
}

/** Small text files are snippets once they are edited in Slack; a .csv often is one. */
const HELD_BY_SLACK = new Set(['hosted', 'snippet'])

function refusal(called: Exclude<Called, { kind: 'ok' }>, name: string, locale: string): UserError {
  const words = slackWords(locale)
  if (called.kind !== 'refused') return new UserError(words.unreachable(name), words.sendAgain)
  switch (called.error) {
    case 'missing_scope':
    case 'no_permission':
      return new UserError(words.missingScope('files:read'), words.missingScopeHint)
    case 'file_deleted':
      return new UserError(words.deleted(name), words.sendAgain)
    case 'file_not_found':
    case 'access_denied':
      return new UserError(words.notVisible(name), words.notVisibleHint)
    default:
      return new UserError(words.unreachable(name), words.sendAgain)
  }
}

function tooLarge(name: string, { maxBytes }: FetchRules, locale: string): UserError {
  return new UserError(slackWords(locale).tooLarge(name, Math.floor(maxBytes / 2 ** 20)))
}

/** Whoever may be asked gets the token. */
export interface FetchRules extends DownloadRules {
  token: string
}

export type Fetched =
  | Downloaded
  /** a web page came instead */
  | { kind: 'page' }

const MOST_REDIRECTS = 3
const SLACK_HOSTS = ['slack.com', '.slack.com']

/** @param apiUrl where SLACK_API_URL points: whoever answers there has the token already */
export function fetchRules(token: string, maxBytes: number, apiUrl?: string): FetchRules {
  return { token, ...downloadRules(SLACK_HOSTS, maxBytes, apiUrl) }
}

/** Redirects are followed by hand, since each new host must be allowed before it is given the token. */
export async function fetchFile(address: string, rules: FetchRules): Promise<Fetched> {
  try {
    return await follow(address, rules, AbortSignal.timeout(rules.timeoutMs))
  } catch {
    // The line was cut, the address is none, or it took too long: the person reads the same sentence.
    return { kind: 'failed' }
  }
}

async function follow(address: string, rules: FetchRules, signal: AbortSignal): Promise<Fetched> {
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

async function read(response: Response, rules: FetchRules): Promise<Fetched> {
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html'))
    return bytesOf(response, rules)
  await response.body?.cancel()
  return { kind: 'page' }
}
