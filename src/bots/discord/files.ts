import { Routes } from 'discord.js'
import { UserError } from '../../engine/user-error.ts'
import type { Sending } from '../receive.ts'
import type { Api } from './api.ts'
import { listAt, textAt } from '../at.ts'
import { fetchFile, type Fetched, type FetchRules } from './fetch-file.ts'
import { discordWords } from './words.ts'

export interface FileHint {
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
export class Files {
  constructor(
    private readonly api: Api,
    private readonly rules: FetchRules,
  ) {}

  /** @param source the same for every event of one sending */
  sendingOf(file: FileHint, source: string, locale: string): Sending {
    return { name: file.name, source, download: () => this.#download(file, locale) }
  }

  async #download(file: FileHint, locale: string): ReturnType<Sending['download']> {
    const words = discordWords(locale)
    const { name } = file
    const megabytes = Math.floor(this.rules.maxBytes / 2 ** 20)
    if (file.size > this.rules.maxBytes) throw new UserError(words.tooLarge(name, megabytes))
    const got = await this.#fetch(file)
    switch (got.kind) {
      case 'ok':
        return { name, bytes: got.bytes }
      case 'tooLarge':
        throw new UserError(words.tooLarge(name, megabytes))
      case 'gone':
        throw new UserError(words.gone(name), words.sendAgain)
      case 'failed':
        throw new UserError(words.unreachable(name), words.sendAgain)
    }
  }

  async #fetch(file: FileHint): Promise<Fetched> {
    let got = await fetchFile(file.url, this.rules)
    for (let tried = 1; tried < TRIES && got.kind === 'failed'; tried++) {
      await Bun.sleep(BETWEEN_TRIES_MS * tried)
      got = await fetchFile(file.url, this.rules)
    }
    if (got.kind !== 'gone') return got
    const fresh = await this.#freshAddress(file)
    return fresh ? fetchFile(fresh, this.rules) : got
  }

  async #freshAddress({ id, message }: FileHint): Promise<string | undefined> {
    if (!message) return undefined
    const route = Routes.channelMessage(message.channel, message.id)
    const called = await this.api.call({ method: 'get', route })
    const found = listAt(called, 'value', 'attachments').find((one) => textAt(one, 'id') === id)
    return textAt(found, 'url') || undefined
  }
}
