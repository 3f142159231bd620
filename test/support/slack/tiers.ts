/**
 * How often a method may be called: https://docs.slack.dev/apis/web-api/rate-limits. Tiers count by method and
 * workspace; messages also by channel, where a short burst is let through.
 */
export class Tiers {
  readonly #calls = new Map<string, number[]>()

  /** @param faster a minute is so much shorter */
  constructor(private readonly faster = 1) {}

  /** The 429; undefined: the call is let through. */
  take(method: string, channel: string): Response | undefined {
    const limits: [string, Limit][] =
      method === 'chat.postMessage'
        ? [
            [`${method} ${channel}`, { calls: POSTS_BURST, ms: POSTS_BURST * 1_000 }],
            [method, { calls: 300, ms: MINUTE_MS }],
          ]
        : [[method, { calls: A_MINUTE[method] ?? DEFAULT_A_MINUTE, ms: MINUTE_MS }]]
    for (const [key, limit] of limits) {
      const wait = this.#wait(key, limit)
      if (wait > 0) return tooMany(wait)
    }
    for (const [key] of limits) this.#calls.get(key)?.push(Date.now())
    return undefined
  }

  /** In ms. 0: there is room. */
  #wait(key: string, { calls, ms }: Limit): number {
    const window = ms / this.faster
    const now = Date.now()
    const recent = (this.#calls.get(key) ?? []).filter((at) => at > now - window)
    this.#calls.set(key, recent)
    return recent.length < calls ? 0 : (recent[0] ?? now) + window - now
  }
}

interface Limit {
  calls: number
  ms: number
}

const MINUTE_MS = 60_000
/** One a second to a channel, on average. */
const POSTS_BURST = 5
const TIER_3 = 50
const TIER_4 = 100
const DEFAULT_A_MINUTE = 20
const A_MINUTE: Record<string, number> = {
  'apps.connections.open': 1_000, // not what is looked at here: a bot opens two
  'auth.test': 600,
  'bots.info': TIER_3,
  'chat.delete': TIER_3,
  'chat.postEphemeral': TIER_4,
  'chat.update': TIER_3,
  'conversations.history': TIER_3,
  'conversations.info': TIER_3,
  'conversations.join': TIER_3,
  'conversations.open': TIER_3,
  'conversations.replies': TIER_3,
  'files.completeUploadExternal': TIER_4,
  'files.getUploadURLExternal': TIER_4,
  'files.info': TIER_4,
  'files.list': TIER_3,
  'users.info': TIER_4,
  'views.open': TIER_4,
  'views.publish': TIER_4,
  'views.update': TIER_4,
}

function tooMany(ms: number): Response {
  return Response.json(
    { ok: false, error: 'ratelimited' },
    { status: 429, headers: { 'retry-after': String(Math.ceil(ms / 1_000)) } },
  )
}
