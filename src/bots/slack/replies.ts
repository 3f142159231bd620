import QuickLRU from 'quick-lru'

const REMEMBERED = 1_000
/** Slack accepts five answers within half an hour: https://docs.slack.dev/interactivity/handling-user-interaction */
const USES = 5
const LASTS_MS = 30 * 60_000
/** An answer that takes longer is of no use: it is given in another way. */
const TIMEOUT_MS = 3_000
/** Slack answers `expired_url` or `used_url`, and so it does from then on. */
const OVER = new Set([404, 410])

/** The URL for answering one command or one click, even in a channel that the bot is not in. */
export class ReplyUrl {
  #uses = USES
  readonly #until = performance.now() + LASTS_MS

  /** @param message the one that was clicked; empty for a command */
  constructor(
    private readonly url: string,
    readonly message: string,
  ) {}

  /** Shows a message to the person alone. False: Slack takes no answer any more, or not this one. */
  tell(message: object): Promise<boolean> {
    return this.#send({ ...message, response_type: 'ephemeral', replace_original: false })
  }

  /** Puts a message in place of the one that was clicked. False: Slack takes no answer any more, or not this one. */
  replace(message: object): Promise<boolean> {
    return this.#send({ ...message, replace_original: true })
  }

  async #send(body: object): Promise<boolean> {
    if (this.url === '' || this.#uses === 0 || this.#until < performance.now()) return false
    this.#uses -= 1
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => undefined)
    if (response && OVER.has(response.status)) this.#uses = 0
    return response?.ok ?? false
  }
}

/** Each person’s last command or click in each channel. */
export class SlackReplies {
  readonly #replies = new QuickLRU<string, ReplyUrl>({ maxSize: REMEMBERED })

  /** @param message the one that was clicked */
  note(channel: string, user: string, { url, message = '' }: { url: string; message?: string }): ReplyUrl {
    const reply = new ReplyUrl(url, message)
    this.#replies.set(keyOf(channel, user), reply)
    return reply
  }

  last(channel: string, user: string): ReplyUrl | undefined {
    return this.#replies.get(keyOf(channel, user))
  }
}

function keyOf(channel: string, user: string): string {
  return `${channel}:${user}`
}
