import QuickLRU from 'quick-lru'

const REMEMBERED = 1_000
/** Slack takes five answers within half an hour: https://docs.slack.dev/interactivity/handling-user-interaction */
const USES = 5
const LASTS_MS = 30 * 60_000
const TIMEOUT_MS = 10_000

interface ReplyAddress {
  url: string
  uses: number
  until: number
}

/** The addresses under which a command or a click may be answered, even in a channel that the bot is not in. */
export class SlackReplies {
  readonly #replies = new QuickLRU<string, ReplyAddress>({ maxSize: REMEMBERED })

  note(channel: string, user: string, url: string): void {
    this.#replies.set(keyOf(channel, user), { url, uses: USES, until: Date.now() + LASTS_MS })
  }

  /** False: there is no such address, or it does not work any more. */
  async answer(channel: string, user: string, message: object): Promise<boolean> {
    const reply = this.#replies.get(keyOf(channel, user))
    if (!reply || reply.uses === 0 || reply.until < Date.now()) return false
    reply.uses -= 1
    const response = await fetch(reply.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...message, response_type: 'ephemeral', replace_original: false }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => undefined)
    return response?.ok ?? false
  }
}

function keyOf(channel: string, user: string): string {
  return `${channel}:${user}`
}
