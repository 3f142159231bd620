import type { ApiCall } from './calls.ts'

/** Requests of one kind to one channel within a window, and of all kinds together in a second. */
export interface Rate {
  limit: number
  windowMs: number
  perSecond?: number
}

/** They count towards no limit. */
const INTERACTIONS = /^\/(interactions|webhooks)\//

/** Rate limits by route and channel, as Discord tells of them: https://docs.discord.com/developers/topics/rate-limits */
export class Buckets {
  readonly #buckets = new Map<string, { left: number; until: number }>()
  #all: number[] = []

  /** The headers of the answer, or the answer where it is one too many. */
  take({ method, path }: ApiCall, rate: Rate | undefined): Record<string, string> | Response {
    const global =
      rate?.perSecond !== undefined && !INTERACTIONS.test(path) && this.#takeOfAll(rate.perSecond)
    if (global) return global
    const channel = /^\/channels\/(\d+)\/messages/.exec(path)?.[1]
    if (!rate || !channel || method === 'GET') return {}
    const { limit, windowMs } = rate
    const key = `${method} ${channel}`
    const now = Date.now()
    const known = this.#buckets.get(key)
    const bucket = known && known.until > now ? known : { left: limit, until: now + windowMs }
    this.#buckets.set(key, bucket)
    const seconds = (bucket.until - now) / 1_000
    const headers = {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-bucket': `messages-${method}`,
      'x-ratelimit-reset-after': String(seconds),
      'x-ratelimit-reset': String(bucket.until / 1_000),
      'x-ratelimit-remaining': String(Math.max(0, bucket.left - 1)),
    }
    if (bucket.left === 0)
      return Response.json(
        { message: 'You are being rate limited.', retry_after: seconds, global: false },
        { status: 429, headers: { ...headers, 'retry-after': String(seconds), 'x-ratelimit-scope': 'user' } },
      )
    bucket.left -= 1
    return headers
  }

  /** Of all requests of the bot together. */
  #takeOfAll(perSecond: number): Response | undefined {
    const now = Date.now()
    this.#all = this.#all.filter((at) => at > now - 1_000)
    if (this.#all.length >= perSecond)
      return Response.json(
        { message: 'You are being rate limited.', retry_after: 1, global: true },
        {
          status: 429,
          headers: { 'retry-after': '1', 'x-ratelimit-global': 'true', 'x-ratelimit-scope': 'global' },
        },
      )
    this.#all.push(now)
    return undefined
  }
}
