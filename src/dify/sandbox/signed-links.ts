import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Links to files as Dify signs them (api/core/tools/signature.py): whoever has one can fetch the file without a key,
 * for some minutes.
 */
export class SignedLinks {
  readonly #secret = randomBytes(32)

  /**
   * @param origin of the server, without a slash at the end
   * @param seconds how long a link works; Dify’s FILES_ACCESS_TIMEOUT is 300 by default
   */
  constructor(
    readonly origin: () => string,
    readonly seconds: number,
    readonly now: () => number = Date.now,
  ) {}

  /** @param ageSeconds as if it had been signed so long ago */
  to(path: string, id: string, ageSeconds = 0): string {
    const timestamp = String(Math.floor(this.now() / 1000) - ageSeconds)
    const nonce = randomBytes(16).toString('hex')
    const query = new URLSearchParams({ timestamp, nonce, sign: this.#sign(id, timestamp, nonce) })
    return `${this.origin()}${path}?${query.toString()}`
  }

  /** A link that was never good for anything: it is older than its own life. */
  deadTo(path: string, id: string): string {
    return this.to(path, id, this.seconds + 1)
  }

  isGood(id: string, query: URLSearchParams): boolean {
    const timestamp = query.get('timestamp') ?? ''
    const given = Buffer.from(query.get('sign') ?? '')
    const right = Buffer.from(this.#sign(id, timestamp, query.get('nonce') ?? ''))
    const isOurs = given.length === right.length && timingSafeEqual(given, right)
    return isOurs && Math.floor(this.now() / 1000) - Number(timestamp) <= this.seconds
  }

  #sign(id: string, timestamp: string, nonce: string): string {
    const sign = createHmac('sha256', this.#secret).update(`file-preview|${id}|${timestamp}|${nonce}`)
    return `${sign.digest('base64url')}=` // Python pads it
  }
}
