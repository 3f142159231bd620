import { Routes } from 'discord.js'
import { UserError } from '../../engine/user-error.ts'
import { isWorkbookName } from '../../files/file-names.ts'
import { BrokenOff, type SentFile } from '../../files/sent-file.ts'
import type { Api } from './api.ts'
import { listAt, textAt, valueAt } from '../json-path.ts'
import { discordTexts } from './texts.ts'
import {
  type Arriving,
  arriving,
  type DownloadRules,
  downloadRules,
  isAllowed,
  timeLimit,
  within,
} from '../download.ts'

export interface DiscordFileHint {
  id: string
  name: string
  url: string
  size: number
  /** the message that has the file: reading it again gives a freshly signed URL */
  message?: { channel: string; id: string }
}

const TRIES = 3
const BETWEEN_TRIES_MS = 500

/** Streams files from Discord, or says in a sentence why one cannot be had. */
export class DiscordFiles {
  constructor(
    private readonly api: Api,
    private readonly rules: DiscordFetchRules,
  ) {}

  /** The files of a message, a command or a form. */
  sentFiles(files: DiscordFileHint[], locale: string): SentFile[] {
    return files.map((file) => ({ name: file.name, open: () => this.#open(file, locale) }))
  }

  async #open(file: DiscordFileHint, locale: string): Promise<AsyncIterable<Uint8Array>> {
    const texts = discordTexts(locale)
    const { name } = file
    const maxBytes = isWorkbookName(name) ? this.rules.maxBytes : this.rules.maxFilesBytes
    const tooLarge = new UserError(texts.tooLarge(name, Math.floor(maxBytes / 2 ** 20)))
    const broken = new BrokenOff(texts.unreachable(name), texts.sendAgain)
    if (file.size > maxBytes) throw tooLarge
    const got = await this.#fetch(file)
    switch (got.kind) {
      case 'ok':
        return within(got.pieces, maxBytes, { tooLarge, broken })
      case 'gone':
        throw new UserError(texts.gone(name), texts.sendAgain)
      case 'failed':
        throw new UserError(texts.unreachable(name), texts.sendAgain)
    }
  }

  async #fetch(file: DiscordFileHint): Promise<DiscordFetched> {
    let got = await fetchFile(file.url, this.rules, file.size)
    for (let tried = 1; tried < TRIES && got.kind === 'failed'; tried++) {
      await Bun.sleep(BETWEEN_TRIES_MS * tried)
      got = await fetchFile(file.url, this.rules, file.size)
    }
    if (got.kind !== 'gone') return got
    const fresh = await this.#freshAddress(file)
    return fresh ? fetchFile(fresh, this.rules, file.size) : got
  }

  async #freshAddress({ id, message }: DiscordFileHint): Promise<string | undefined> {
    if (!message) return undefined
    const route = Routes.channelMessage(message.channel, message.id)
    const called = await this.api.call({ method: 'get', route })
    const value = valueAt(called, 'value')
    const forwarded = listAt(value, 'message_snapshots').map((snapshot) => valueAt(snapshot, 'message'))
    const all = [value, ...forwarded].flatMap((one) => listAt(one, 'attachments'))
    const found = all.find((one) => textAt(one, 'id') === id)
    return textAt(found, 'url') || undefined
  }
}

export type DiscordFetchRules = DownloadRules

export type DiscordFetched =
  | Arriving
  /** the URL has expired, or the file was deleted */
  | { kind: 'gone' }

const DISCORD_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net']
const GONE = new Set([403, 404, 410])

/** @param apiUrl if DISCORD_API_URL is set, files come from its host */
export function fetchRules(
  limits: Pick<DownloadRules, 'maxBytes' | 'maxFilesBytes'>,
  apiUrl?: string,
): DiscordFetchRules {
  return downloadRules(DISCORD_HOSTS, limits, apiUrl)
}

/** No redirects, and only Discord’s own hosts. */
export async function fetchFile(
  address: string,
  rules: DiscordFetchRules,
  size: number,
): Promise<DiscordFetched> {
  try {
    if (!isAllowed(new URL(address), rules)) return { kind: 'failed' }
    const response = await fetch(address, { redirect: 'error', signal: timeLimit(size, rules) })
    if (!GONE.has(response.status)) return await arriving(response)
    await response.body?.cancel()
    return { kind: 'gone' }
  } catch {
    // The connection broke, the URL is invalid, or it took too long: the person gets the same message.
    return { kind: 'failed' }
  }
}
