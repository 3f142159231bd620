import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP } from 'node:net'
import { type Coded, say } from '../../engine/sentence.ts'

/** Everything that is not the public internet: IANA's special-purpose registries for IPv4 and IPv6. */
const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4')
}
/** The public part of IPv6, except 6to4, Teredo and documentation addresses, which are inside it. */
const PUBLIC_V6 = new BlockList()
PUBLIC_V6.addSubnet('2000::', 3, 'ipv6')
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6')
}

/**
 * @param hosts that may also be inside a private network and answer over plain http; with the port, as in an address
 * @returns why this address may not be fetched, as the rest of a sentence; undefined when it may
 */
export function refuseAddress(address: string, hosts: string[]): Coded | undefined {
  if (!URL.canParse(address)) return say('address-none')
  const { protocol, host: place, hostname, username, password } = new URL(address)
  const isListed = hosts.includes(place)
  if (protocol !== 'https:' && !(isListed && protocol === 'http:')) {
    return say('address-not-https')
  }
  if (username !== '' || password !== '') return say('address-password')
  if (isListed) return undefined
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0) return isPublic(host) ? undefined : say('address-private')
  // A name is checked again when it is resolved: see lookupPublic.
  return /(^|\.)(localhost|local|internal|home\.arpa)\.?$/i.test(host) ? say('address-private') : undefined
}

/**
 * Resolves a name for a connection and fails when any of its addresses is private. A check before that is not enough:
 * the name could have another address by the time of the connection.
 */
export function lookupPublic(
  host: string,
  options: LookupOptions,
  done: (fault: Error | null, address: string | LookupAddress[], family?: number) => void,
): void {
  lookup(host, { ...options, all: true }, (fault, found) => {
    if (fault) return done(fault, [])
    const [first] = found
    if (!first || !found.every(({ address }) => isPublic(address))) {
      const refusal = Object.assign(new Error('it is inside a private network'), { code: 'EPRIVATE' })
      return done(refusal, [])
    }
    return options.all === true ? done(null, found) : done(null, first.address, first.family)
  })
}

export function isPublic(ip: string): boolean {
  const bare = ip.split('%')[0] ?? ip
  switch (isIP(bare)) {
    case 4:
      return !PRIVATE.check(bare, 'ipv4')
    case 6:
      return PUBLIC_V6.check(bare, 'ipv6') && !PRIVATE.check(bare, 'ipv6')
    default:
      return false
  }
}
