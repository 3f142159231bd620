import type { WebClient } from '@slack/web-api'
import { UserError } from '../../engine/user-error.ts'
import { isWorkbookName } from '../../files/file-names.ts'
import { BrokenOff, type SentFile } from '../../files/sent-file.ts'
import { listAt, valueAt, textAt } from '../json-path.ts'
import { type SlackCallResult, callWithRetries } from './call.ts'
import { slackTexts, type SlackTexts } from './texts.ts'
import {
  type Arriving,
  arriving,
  type DownloadRules,
  downloadRules,
  isAllowed,
  timeLimit,
  within,
} from '../download.ts'

/** What an event says about a file. Only the id is trusted: the rest is fetched from Slack. */
export interface SlackFileHint {
  id: string
  name: string
}

/** Streams files from Slack, or says in a sentence why one cannot be had. */
export class SlackFiles {
  constructor(
    private readonly client: WebClient,
    private readonly rules: SlackFetchRules,
  ) {}

  /** The files of a message or a form. */
  sentFiles(files: SlackFileHint[], locale: string): SentFile[] {
    return files.map((file) => ({ name: file.name, open: () => this.#open(file, locale) }))
  }

  /** Files of “check_file_info” events have no name, but it decides what is done with them. */
  named(files: SlackFileHint[]): Promise<SlackFileHint[]> {
    return Promise.all(files.map((file) => this.#named(file)))
  }

  async #named(hint: SlackFileHint): Promise<SlackFileHint> {
    if (hint.name !== UNNAMED) return hint
    const called = await callWithRetries(this.client, 'files.info', { file: hint.id })
    const name = called.kind === 'ok' && nameOfFile(valueAt(called.value, 'file'))
    return { ...hint, name: name || hint.name }
  }

  /** A file of an event that says only its id, and the messages of a channel in which it is. */
  async sharesOf(
    id: string,
    channel: string,
  ): Promise<{ file: SlackFileHint; messages: string[] } | undefined> {
    const called = await callWithRetries(this.client, 'files.info', { file: id })
    if (called.kind !== 'ok') return undefined
    const file = valueAt(called.value, 'file')
    const shares = ['public', 'private'].flatMap((kind) => listAt(file, 'shares', kind, channel))
    const messages = shares.map((share) => textAt(share, 'ts')).filter((ts) => ts !== '')
    return { file: { id, name: nameOfFile(file) || UNNAMED }, messages }
  }

  async #open({ id, name }: SlackFileHint, locale: string): Promise<AsyncIterable<Uint8Array>> {
    const texts = slackTexts(locale)
    const called = await callWithRetries(this.client, 'files.info', { file: id })
    if (called.kind !== 'ok') throw refusal(called, name, locale)
    const file = valueAt(called.value, 'file')
    const mode = textAt(file, 'mode')
    if (mode === 'tombstone') throw new UserError(texts.deleted(name), texts.sendAgain)
    if (mode === 'hidden_by_limit') throw new UserError(texts.overPlan(name), texts.sendAgain)
    if (valueAt(file, 'is_external') === true || !HELD_BY_SLACK.has(mode)) throw notAFile(file, name, texts)
    const maxBytes = isWorkbookName(name) ? this.rules.maxBytes : this.rules.maxFilesBytes
    const tooLarge = new UserError(texts.tooLarge(name, Math.floor(maxBytes / 2 ** 20)))
    const broken = new BrokenOff(texts.unreachable(name), texts.sendAgain)
    const declared = valueAt(file, 'size')
    const size = typeof declared === 'number' ? declared : maxBytes
    if (size > maxBytes) throw tooLarge

    const address = textAt(file, 'url_private_download') || textAt(file, 'url_private')
    const got = await fetchFile(address, this.rules, size)
    switch (got.kind) {
      case 'ok':
        return within(got.pieces, maxBytes, { tooLarge, broken })
      case 'page':
        // For a file that the token may not read, Slack answers with its sign-in page and HTTP 200.
        throw new UserError(texts.missingScope('files:read'), texts.missingScopeHint)
      case 'failed':
        throw new UserError(texts.unreachable(name), texts.sendAgain)
    }
  }
}

/** The name of a file of which an event says nothing but its id. */
export const UNNAMED = 'file'

/** Canvases, lists and posts have no name, but a title. */
export function nameOfFile(file: unknown): string {
  return textAt(file, 'name') || textAt(file, 'title')
}

/** What Slack shows as a file and is none: the bytes are elsewhere, or there are none. */
function notAFile(file: unknown, name: string, texts: SlackTexts): UserError {
  const kind = MADE_IN_SLACK[textAt(file, 'mode')] ?? MADE_IN_SLACK[textAt(file, 'filetype')]
  if (kind) return new UserError(...texts.madeInSlack[kind](name))
  const isGoogle = textAt(file, 'external_type') === 'gdrive'
  return new UserError(texts.elsewhere(name), isGoogle ? texts.googleHint : texts.elsewhereHint)
}

/** By mode or filetype: https://docs.slack.dev/reference/objects/file-object */
const MADE_IN_SLACK: Record<string, keyof SlackTexts['madeInSlack']> = {
  quip: 'canvas',
  canvas: 'canvas',
  list: 'list',
  space: 'post',
  post: 'post',
  docs: 'post',
  email: 'email',
}

/** Text files that were edited in Slack become snippets; a .csv often is one. */
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

/** All allowed hosts are sent the token. */
export interface SlackFetchRules extends DownloadRules {
  token: string
}

export type SlackFetched =
  | Arriving
  /** a web page instead of the file */
  | { kind: 'page' }

const MOST_REDIRECTS = 3
const SLACK_HOSTS = ['slack.com', '.slack.com']

/** @param apiUrl SLACK_API_URL, if set: its server receives the token anyway */
export function fetchRules(
  token: string,
  limits: Pick<DownloadRules, 'maxBytes' | 'maxFilesBytes'>,
  apiUrl?: string,
): SlackFetchRules {
  return { token, ...downloadRules(SLACK_HOSTS, limits, apiUrl) }
}

/** Follows redirects itself, since each new host must be allowed before it is sent the token. */
export async function fetchFile(
  address: string,
  rules: SlackFetchRules,
  size: number,
): Promise<SlackFetched> {
  try {
    return await follow(address, rules, timeLimit(size, rules))
  } catch {
    // The connection broke, the URL is invalid, or it took too long: the person gets the same message.
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
    if (response.status < 300 || response.status >= 400 || !location) return read(response)
    await response.body?.cancel()
    url = new URL(location, url)
  }
  return { kind: 'failed' }
}

async function read(response: Response): Promise<SlackFetched> {
  if (!response.ok || !response.headers.get('content-type')?.startsWith('text/html'))
    return arriving(response)
  await response.body?.cancel()
  return { kind: 'page' }
}
