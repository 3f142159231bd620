import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import QuickLRU from 'quick-lru'

const WINDOW_MS = 60_000
const TRIES_A_WINDOW = 10
const MAX_COUNTED = 10_000
/** What one person is given of IPv6: a limit by single addresses would be none. */
const IPV6_GROUPS_A_NETWORK = 4

/**
 * Counts wrong tokens, and says which of them are only told to wait. Ask it about wrong ones only: a right token is never
 * kept waiting, since behind a proxy, or in one office, everybody may have one address.
 *
 * By address, ten different wrong tokens a minute; by token, ten tries a minute from wherever. So a program that goes on
 * sending an old token uses up its own tries, and one of those of its address.
 */
export class Attempts {
  /** These drop the oldest, so that an attacker with many addresses cannot fill the memory. */
  readonly #byAddress = new QuickLRU<string, Attempt[]>({ maxSize: MAX_COUNTED })
  readonly #byToken = new QuickLRU<string, Attempt[]>({ maxSize: MAX_COUNTED })

  constructor(private readonly now: () => number) {}

  /** Counts a wrong token. @returns 0: say that it is wrong; otherwise the seconds until the next try is looked at */
  wrong(address: string, token: string): number {
    const hash = createHash('sha256').update(token).digest('base64')
    const network = networkOf(address)
    const ofAddress = this.#recent(this.#byAddress, network)
    const ofToken = this.#recent(this.#byToken, hash)
    const isCounted = ofAddress.some((one) => one.hash === hash)
    const wait = Math.max(this.#wait(isCounted ? [] : ofAddress), this.#wait(ofToken))
    if (wait > 0) return wait
    const attempt = { at: this.now(), hash }
    if (!isCounted) this.#byAddress.set(network, [...ofAddress, attempt])
    this.#byToken.set(hash, [...ofToken, attempt])
    return 0
  }

  #wait(attempts: Attempt[]): number {
    const oldest = attempts.length >= TRIES_A_WINDOW ? attempts[0] : undefined
    return oldest === undefined ? 0 : Math.max(1, Math.ceil((oldest.at + WINDOW_MS - this.now()) / 1000))
  }

  #recent(counted: QuickLRU<string, Attempt[]>, key: string): Attempt[] {
    const since = this.now() - WINDOW_MS
    return (counted.get(key) ?? []).filter(({ at }) => at > since)
  }
}

interface Attempt {
  at: number
  /** of the token */
  hash: string
}

/** An IPv6 network of 64 bits, or an IPv4 address. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const missing = address.includes('::') ? 8 - groups.length - tail.split(':').filter(Boolean).length : 0
  const all = [
    ...groups,
    ...Array<string>(Math.max(0, missing)).fill('0'),
    ...tail.split(':').filter(Boolean),
  ]
  return all.slice(0, IPV6_GROUPS_A_NETWORK).join(':')
}
