import type { WebClient } from '@slack/web-api'
import QuickLRU from 'quick-lru'
import type { Place } from '../../messages/people.ts'
import { type Once, searchedFrom, SENT_ELSEWHERE, type SendResult } from '../chat.ts'
import { textAt, valueAt, listAt } from '../json-path.ts'
import { call, sentOf } from './call.ts'

const REMEMBERED = 200
/** How long to wait between looks whether a file is shared. */
const SHARED_AFTER_MS = [200, 500, 1_000, 2_000]
/** HTTP’s “content too large” */
const TOO_LARGE = 413
const TIMEOUT_MS = 60_000
/** Extra time for each MB, for slow connections. */
const TIMEOUT_MS_PER_MB = 4_000

/**
 * filesUploadV2 of the library in its three steps, so that we know the file’s id before it is shared: if the answer
 * to the last step is lost, we can look at the file to see if it was shared.
 */
export class Uploads {
  /** ids of files whose sharing got no answer, by key */
  readonly #unsure = new QuickLRU<string, string>({ maxSize: REMEMBERED })
  readonly #shared = new QuickLRU<string, true>({ maxSize: REMEMBERED })

  constructor(private readonly client: WebClient) {}

  async upload(place: Place, file: SharedFile, comment: string, once: Once): Promise<SendResult> {
    const key = `${place.channel}:${place.thread ?? ''}:${once.key}`
    if (this.#shared.get(key)) return OK
    const unsure = this.#unsure.get(key)
    // As long as nobody can look whether it is there, it is not shared again.
    if (unsure) {
      const answered = await lookFor(this.client, unsure, place)
      if (answered.kind !== 'ok') return answered
      if (answered.value) return this.#done(key)
    } else if (once.again) {
      const answered = await sharedBefore(this.client, file, place, once.since)
      if (answered.kind !== 'ok') return answered
      if (answered.value) return this.#done(key)
    }

    const stored: SendResult<string> = unsure ? { kind: 'ok', value: unsure } : await this.store(file)
    if (stored.kind !== 'ok') return stored
    if (once.isOurs?.() === false) return SENT_ELSEWHERE
    const called = await call(this.client, 'files.completeUploadExternal', {
      files: [{ id: stored.value, title: file.name }],
      channel_id: place.channel,
      ...(place.thread && { thread_ts: place.thread }),
      initial_comment: comment,
    })
    if (called.kind === 'ok') {
      // Slack may say ok and share nothing: delivered is what is seen there.
      this.#unsure.set(key, stored.value)
      if (await this.#isSeen(stored.value, place)) return this.#done(key)
      return { kind: 'failed', error: 'Slack has not shared the file' }
    }
    if (called.kind === 'unsure') this.#unsure.set(key, stored.value)
    // If Slack refuses to share the old id, the next try uploads the file again.
    else if (called.kind === 'refused') this.#unsure.delete(key)
    return sentOf(called)
  }

  /** Sharing takes a moment after Slack has said ok. */
  async #isSeen(id: string, place: Place): Promise<boolean> {
    for (const wait of SHARED_AFTER_MS) {
      if (await isShared(this.client, id, place)) return true
      await Bun.sleep(wait)
    }
    return isShared(this.client, id, place)
  }

  #done(key: string): SendResult {
    this.#unsure.delete(key)
    this.#shared.set(key, true)
    return OK
  }

  /** Uploads a file without sharing it. Gives its id. */
  async store({ name, content }: SharedFile): Promise<SendResult<string>> {
    const asked = await call(this.client, 'files.getUploadURLExternal', {
      filename: name,
      length: content.size,
    })
    if (asked.kind !== 'ok') return sentOf(asked)
    const timeout = TIMEOUT_MS + (content.size / 2 ** 20) * TIMEOUT_MS_PER_MB
    const response = await fetch(textAt(asked.value, 'upload_url'), {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: content,
      signal: AbortSignal.timeout(timeout),
    }).catch(String)
    if (typeof response === 'string') return { kind: 'failed', error: response, isDown: true }
    if (response.status === TOO_LARGE) return { kind: 'tooLarge', error: `HTTP ${response.status}` }
    if (!response.ok) return { kind: 'failed', error: `HTTP ${response.status} to the file`, isDown: true }
    return { kind: 'ok', value: textAt(asked.value, 'file_id') }
  }
}

const OK: SendResult = { kind: 'ok', value: undefined }

export interface SharedFile {
  name: string
  content: Blob
}

/** People share their files there, too: 2,000 of them. */
const FILES_A_PAGE = 200
const PAGES_SEARCHED = 10
/** In bytes. Two writes of the same workbook differ in the time they contain, and so in their compressed size. */
const SIZE_DIFFERS = 64

const NO_FILE = new Set(['file_not_found', 'file_deleted'])

type Spot = Pick<Place, 'channel' | 'thread'>

/** True if this file was shared in the place. */
export async function isShared(client: WebClient, id: string, place: Spot): Promise<boolean> {
  const answered = await lookFor(client, id, place)
  return answered.kind === 'ok' && answered.value
}

/** Not ok while Slack does not say. A file that it does not find is shared nowhere. */
async function lookFor(client: WebClient, id: string, place: Spot): Promise<SendResult<boolean>> {
  const called = await call(client, 'files.info', { file: id })
  if (called.kind === 'refused' && NO_FILE.has(called.error)) return { kind: 'ok', value: false }
  if (called.kind !== 'ok') return sentOf(called)
  const shares = sharesOf(valueAt(called.value, 'file'), place.channel)
  return { kind: 'ok', value: shares.some((share) => threadOf(share) === (place.thread ?? '')) }
}

/** Empty for a message that is in no thread; one that others have answered names itself as the thread. */
function threadOf(share: unknown): string {
  const thread = textAt(share, 'thread_ts')
  return thread === textAt(share, 'ts') ? '' : thread
}

/**
 * True if we have shared this file in the place before, for example in a process that has ended since. A file with
 * the same name and size in the same thread counts as the same result, for any requester, unless it is older than
 * `since`. Not ok while Slack does not say.
 */
export async function sharedBefore(
  client: WebClient,
  file: SharedFile,
  place: Place,
  since?: number,
): Promise<SendResult<boolean>> {
  for (let page = 1; page <= PAGES_SEARCHED; page++) {
    const called = await call(client, 'files.list', {
      channel: place.channel,
      ts_from: String(Math.floor(searchedFrom(since) / 1_000)),
      count: FILES_A_PAGE,
      page,
    })
    if (called.kind === 'refused') return { kind: 'ok', value: false }
    if (called.kind !== 'ok') return sentOf(called)
    for (const shared of listAt(called.value, 'files')) {
      if (!isSame(shared, file)) continue
      const answered = await lookFor(client, textAt(shared, 'id'), place)
      if (answered.kind !== 'ok' || answered.value) return answered
    }
    if (page >= Number(valueAt(called.value, 'paging', 'pages') ?? 1)) break
  }
  return { kind: 'ok', value: false }
}

function isSame(shared: unknown, file: SharedFile): boolean {
  const size = valueAt(shared, 'size')
  return (
    textAt(shared, 'name') === file.name &&
    typeof size === 'number' &&
    Math.abs(size - file.content.size) <= SIZE_DIFFERS
  )
}

function sharesOf(file: unknown, channel: string): unknown[] {
  return ['public', 'private'].flatMap((kind) => listAt(file, 'shares', kind, channel))
}
