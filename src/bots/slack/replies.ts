import QuickLRU from 'quick-lru'

const REMEMBERED = 1_000
/** Slack accepts five answers within half an hour: https://docs.slack.dev/interactivity/handling-user-interaction */
const USES = 5
const LASTS_MS = 30 * 60_000
const TIMEOUT_MS = 10_000

interface ReplyAddress {
  url: string
  uses: number
  until: number
}

/** URLs for answering a command or a click, even in a channel that the bot is not in. */
export class SlackReplies {
  readonly #replies = new QuickLRU<string, ReplyAddress>({ maxSize: REMEMBERED })

  note(channel: string, user: string, url: string): void {
    this.#replies.set(keyOf(channel, user), { url, uses: USES, until: Date.now() + LASTS_MS })
  }

  /** False: there is no such URL, or it has expired. */
  async answer(channel: string, user: string, message: object): Promise<boolean> {
    const reply = this.#replies.get(keyOf(channel, user))
    if (!reply || reply.uses === 0 || reply.until < Date.now()) return false
    reply.uses -= 1
    return sent(reply.url, { ...message, response_type: 'ephemeral', replace_original: false })
  }

  /** Puts a message in place of the one that was clicked. @param url of the click. False: it has expired */
  replace(url: string, message: object): Promise<boolean> {
    return sent(url, { ...message, replace_original: true })
  }
}

async function sent(url: string, body: object): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch(() => undefined)
  return response?.ok ?? false
}

function keyOf(channel: string, user: string): string {
  return `${channel}:${user}`
}
