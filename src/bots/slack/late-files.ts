import QuickLRU from 'quick-lru'
import type { SlackFileHint } from './files.ts'

const REMEMBERED = 1_000
export const WAIT_MS = 10 * 60_000
/** Each file of a message has an event of its own; they come together. */
const COLLECT_MS = 1_000
/** After 2, 4, 8 and 16 s. */
const MOST_TRIES = 5

/** Messages that wait for their files. `ts` is Slack’s id of a message within its channel. */
export interface WaitingMessages<Message> {
  add(channel: string, ts: string, message: Message): Promise<void>
  /** by their ts; none that has waited for more than ten minutes */
  listIn(channel: string): Promise<ReadonlyMap<string, Message>>
  /** False: it waits no more, or another machine has taken it just now. */
  take(channel: string, ts: string): Promise<boolean>
  /** What the machines tell each other. Undefined: there is one. */
  shared?: {
    /** This machine was told of a file of the message. */
    addFile(channel: string, ts: string, file: SlackFileHint): Promise<void>
    /** of which any machine was told */
    filesOf(channel: string, ts: string): Promise<SlackFileHint[]>
  }
}

export interface LateFilesOptions<Message> {
  waiting: WaitingMessages<Message>
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
  channel: string
  ts: string
  files: SlackFileHint[]
  stored: (() => void)[]
  done: Promise<void>
}

/**
 * Messages to the bot that came without a file, while Slack still worked on their upload: `file_shared` events that come
 * later bring it, to any of several machines. Whoever sent it was answered that there is no file.
 */
export class LateFiles<Message> {
  readonly #collected = new Map<string, Collected>()

  constructor(private readonly options: LateFilesOptions<Message>) {}

  expect(channel: string, ts: string, message: Message): Promise<void> {
    return this.options.waiting.add(channel, ts, message)
  }

  /** Resolves when what it belongs to was received; at once if nobody waits for it. */
  async shared(file: string, channel: string, stored: () => void): Promise<void> {
    const { waiting } = this.options
    let found = await this.#find(file, channel)
    if (!found && waiting.shared) {
      // Another machine may be about to write down the message that this is a file of.
      await new Promise((resolve) => setTimeout(resolve, this.#collectMs / 2))
      found = await this.#find(file, channel)
    }
    if (!found) return stored()
    const { ts, hint } = found
    const collected = this.#collected.get(`${channel}:${ts}`) ?? this.#collect(channel, ts)
    collected.files.push(hint)
    collected.stored.push(stored)
    await waiting.shared?.addFile(channel, ts, hint)
    return collected.done
  }

  /** The message that waits for it. Slack is asked about a file only where one waits. */
  async #find(file: string, channel: string): Promise<{ ts: string; hint: SlackFileHint } | undefined> {
    const { waiting, sharesOf } = this.options
    const messages = await waiting.listIn(channel)
    const shares = messages.size > 0 ? await sharesOf(file, channel) : undefined
    const ts = shares?.messages.find((one) => messages.has(one))
    return shares && ts !== undefined ? { ts, hint: shares.file } : undefined
  }

  #collect(channel: string, ts: string): Collected {
    const { promise, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, this.#collectMs)
    const done = promise.then(() => this.#take(collected))
    const collected: Collected = { channel, ts, files: [], stored: [], done }
    this.#collected.set(`${channel}:${ts}`, collected)
    return collected
  }

  async #take({ channel, ts, files, stored }: Collected): Promise<void> {
    const { waiting, arrived } = this.options
    this.#collected.delete(`${channel}:${ts}`)
    const all = () => {
      for (const one of stored) one()
    }
    const message = await this.#again(async () => {
      const found = (await waiting.listIn(channel)).get(ts)
      return found !== undefined && (await waiting.take(channel, ts)) ? found : undefined
    })
    if (message !== undefined)
      await arrived(message, (await this.#again(() => waiting.shared?.filesOf(channel, ts))) ?? files, all)
    all()
  }

  /** Slack tells of a file once, so a database that is away for a moment is asked again. */
  async #again<T>(ask: () => Promise<T> | undefined): Promise<T | undefined> {
    for (let tried = 1; ; tried++)
      try {
        return await ask()
      } catch (fault) {
        if (tried === MOST_TRIES) throw fault
        await new Promise((resolve) => setTimeout(resolve, this.#collectMs * 2 ** tried))
      }
  }

  get #collectMs(): number {
    return this.options.collectMs ?? COLLECT_MS
  }
}

/** Those of the only process there is. A restart forgets them. */
export function waitingHere<Message>(): WaitingMessages<Message> {
  const waiting = new QuickLRU<string, { channel: string; ts: string; message: Message }>({
    maxSize: REMEMBERED,
    maxAge: WAIT_MS,
  })
  return {
    add: (channel, ts, message) =>
      Promise.resolve(void waiting.set(`${channel}:${ts}`, { channel, ts, message })),
    listIn: (channel) =>
      Promise.resolve(
        new Map(
          [...waiting.values()]
            .filter((one) => one.channel === channel)
            .map(({ ts, message }) => [ts, message]),
        ),
      ),
    take: (channel, ts) => Promise.resolve(waiting.delete(`${channel}:${ts}`)),
  }
}
