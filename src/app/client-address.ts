import { BlockList, isIP, isIPv4 } from 'node:net'

/** The proxies whose word about the client is believed. */
export type TrustedProxies = (address: string) => boolean

/** Which addresses `loopback` means in ROWBOT_TRUSTED_PROXIES. */
const LOOPBACK = ['127.0.0.0/8', '::1']

/**
 * @param entries addresses, ranges (`10.0.0.0/8`, `fd00::/8`) and the word `loopback`
 * @returns undefined if one of them is none of these
 */
export function trustedProxies(entries: readonly string[]): TrustedProxies | undefined {
  const list = new BlockList()
  for (const entry of entries.flatMap((one) => (one.toLowerCase() === 'loopback' ? LOOPBACK : one))) {
    const [address = '', bits, ...rest] = entry.split('/')
    const family = isIP(address)
    const length = bits === undefined ? undefined : Number(bits)
    const isRange = length === undefined || (/^\d+$/.test(bits ?? '') && length <= (family === 4 ? 32 : 128))
    if (family === 0 || !isRange || rest.length > 0) return undefined
    const type = family === 4 ? 'ipv4' : 'ipv6'
    if (length === undefined) list.addAddress(address, type)
    else list.addSubnet(address, length, type)
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/**
 * The address of the client. A proxy adds at the right of `X-Forwarded-For` who has asked it, and anybody may have
 * written what stands further left: so it is read from the right, as long as who is named there is a trusted proxy.
 * @param peer who has opened the connection; empty: unknown
 */
export function clientAddress(peer: string, forwarded: string | null, isTrusted: TrustedProxies): string {
  let client = plainAddress(peer)
  const hops = (forwarded ?? '').split(',').toReversed()
  for (const hop of hops) {
    if (!isTrusted(client)) break
    const named = plainAddress(hop)
    if (isIP(named) === 0) break // `unknown`, or made up: the proxy that passed it on is the last that is known
    client = named
  }
  return client
}

/** Without a port, brackets and zone, and an IPv4 address as such: `[::ffff:10.0.0.1]:80` is `10.0.0.1`. */
export function plainAddress(written: string): string {
  const text = written.trim().replace(/^"|"$/g, '')
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, '$1')
  const address = bare.replace(/%.*$/, '').toLowerCase()
  const mapped = /^::ffff:([\d.]+)$/.exec(address)?.[1]
  return mapped !== undefined && isIPv4(mapped) ? mapped : address
}
