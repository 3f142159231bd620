import type { ApiCall } from './calls.ts'

/** Rate limits by route and channel, as Discord tells of them: https://docs.discord.com/developers/topics/rate-limits */
export class Buckets {
  readonly #buckets = new Map<string, { left: number; until: number }>()

  /** The headers of the answer, or the answer where it is one too many. */
  take(
    { method, path }: ApiCall,
    rate: { limit: number; windowMs: number } | undefined,
  ): Record<string, string> | Response {
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
}
