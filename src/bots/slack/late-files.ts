import QuickLRU from 'quick-lru'
import type { SlackFileHint } from './files.ts'

const REMEMBERED = 1_000
const WAIT_MS = 10 * 60_000
/** Each file of a message has an event of its own; they come together. */
const COLLECT_MS = 1_000

export interface LateFilesOptions<Message> {
  /** in which messages of a channel a file is */
  sharesOf: (
    file: string,
    channel: string,
  ) => Promise<{ file: SlackFileHint; messages: string[] } | undefined>
  /** all late files of one message */
  arrived: (message: Message, files: SlackFileHint[], stored: () => void) => Promise<void>
  /** for tests: shorter */
  collectMs?: number | undefined
}

interface Collected {
  files: SlackFileHint[]
  stored: (() => void)[]
  done: Promise<void>
}

/**
 * Messages to the bot that came without a file, while Slack still worked on their upload: `file_shared` events that come
 * later bring it. A restart forgets them; their person was answered that there is no file.
 */
export class LateFiles<Message> {
  readonly #waiting = new QuickLRU<string, Message>({ maxSize: REMEMBERED, maxAge: WAIT_MS })
  readonly #collected = new Map<string, Collected>()

  constructor(private readonly options: LateFilesOptions<Message>) {}

  expect(channel: string, ts: string, message: Message): void {
    this.#waiting.set(`${channel}:${ts}`, message)
  }

  /** Resolves when what it belongs to was received; at once if nobody waits for it. */
  async shared(file: string, channel: string, stored: () => void): Promise<void> {
    const isAwaited = [...this.#waiting.keys()].some((key) => key.startsWith(`${channel}:`))
    const found = isAwaited ? await this.options.sharesOf(file, channel) : undefined
    const key = found?.messages.map((ts) => `${channel}:${ts}`).find((one) => this.#waiting.has(one))
    if (!found || key === undefined) return stored()
    const collected = this.#collected.get(key) ?? this.#collect(key)
    collected.files.push(found.file)
    collected.stored.push(stored)
    return collected.done
  }

  #collect(key: string): Collected {
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, this.options.collectMs ?? COLLECT_MS)
    const collected: Collected = {
      files: [],
      stored: [],
      done: promise.then(() => this.#take(key, collected)),
    }
    this.#collected.set(key, collected)
    return collected
  }

  async #take(key: string, { files, stored }: Collected): Promise<void> {
    const message = this.#waiting.get(key)
    this.#collected.delete(key)
    this.#waiting.delete(key)
    const all = () => {
      for (const one of stored) one()
    }
    if (message !== undefined) await this.options.arrived(message, files, all)
    all()
  }
}
