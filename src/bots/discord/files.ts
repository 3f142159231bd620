import { Routes } from 'discord.js'
import { UserError } from '../../engine/user-error.ts'
import type { IncomingFile } from '../handlers/receive-file.ts'
import type { Api } from './api.ts'
import { listAt, textAt } from '../json-path.ts'
import { discordTexts } from './texts.ts'
import { bytesOf, type Downloaded, type DownloadRules, downloadRules, isAllowed } from '../download.ts'

export interface DiscordFileHint {
  id: string
  name: string
  url: string
  size: number
  /** where it stands: Discord signs a fresh address for it whenever it is asked for the message */
  message?: { channel: string; id: string }
}

const TRIES = 3
const BETWEEN_TRIES_MS = 500

/** Brings a file over, or says in a sentence why it cannot be had. */
export class DiscordFiles {
  constructor(
    private readonly api: Api,
    private readonly rules: DiscordFetchRules,
  ) {}

  /** @param source the same for every event of one sending */
  incomingFile(file: DiscordFileHint, source: string, locale: string): IncomingFile {
    return { name: file.name, source, download: () => this.#download(file, locale) }
  }

  async #download(file: DiscordFileHint, locale: string): ReturnType<IncomingFile['download']> {
    const texts = discordTexts(locale)
    const { name } = file
    const megabytes = Math.floor(this.rules.maxBytes / 2 ** 20)
    if (file.size > this.rules.maxBytes) throw new UserError(texts.tooLarge(name, megabytes))
    const got = await this.#fetch(file)
    switch (got.kind) {
      case 'ok':
        return { name, bytes: got.bytes }
      case 'tooLarge':
        throw new UserError(texts.tooLarge(name, megabytes))
      case 'gone':
        throw new UserError(texts.gone(name), texts.sendAgain)
      case 'failed':
        throw new UserError(texts.unreachable(name), texts.sendAgain)
    }
  }

  async #fetch(file: DiscordFileHint): Promise<DiscordFetched> {
    let got = await fetchFile(file.url, this.rules)
    for (let tried = 1; tried < TRIES && got.kind === 'failed'; tried++) {
      await Bun.sleep(BETWEEN_TRIES_MS * tried)
      got = await fetchFile(file.url, this.rules)
    }
    if (got.kind !== 'gone') return got
    const fresh = await this.#freshAddress(file)
    return fresh ? fetchFile(fresh, this.rules) : got
  }

  async #freshAddress({ id, message }: DiscordFileHint): Promise<string | undefined> {
    if (!message) return undefined
    const route = Routes.channelMessage(message.channel, message.id)
    const called = await this.api.call({ method: 'get', route })
    const found = listAt(called, 'value', 'attachments').find((one) => textAt(one, 'id') === id)
    return textAt(found, 'url') || undefined
  }
}

export type DiscordFetchRules = DownloadRules

export type DiscordFetched =
  | Downloaded
  /** the address has expired, or the file was deleted */
  | { kind: 'gone' }

const DISCORD_HOSTS = ['cdn.discordapp.com', 'media.discordapp.net']
const GONE = new Set([403, 404, 410])

/** @param apiUrl where DISCORD_API_URL points: files come from the same machine then */
export function fetchRules(maxBytes: number, apiUrl?: string): DiscordFetchRules {
  return downloadRules(DISCORD_HOSTS, maxBytes, apiUrl)
}

/** No redirects, and only Discord's own hosts. */
export async function fetchFile(address: string, rules: DiscordFetchRules): Promise<DiscordFetched> {
  try {
    if (!isAllowed(new URL(address), rules)) return { kind: 'failed' }
    const signal = AbortSignal.timeout(rules.timeoutMs)
    const response = await fetch(address, { redirect: 'error', signal })
    return GONE.has(response.status) ? { kind: 'gone' } : await bytesOf(response, rules)
  } catch {
    // The line was cut, the address is none, or it took too long: the person reads the same sentence.
    return { kind: 'failed' }
  }
}
