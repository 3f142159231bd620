import { BlockList, isIP, isIPv4 } from 'node:net'

/** Hosts that are asked directly. */
export type NoProxy = (url: URL) => boolean

interface NoProxyEntry {
  /** undefined: any */
  port: string | undefined
  matches: (host: string) => boolean
}

/**
 * Reads NO_PROXY: `*`; a name, which stands for itself and what is under it (`example.com`, `.example.com`); what is under
 * it alone (`*.example.com`); an address; a range (`10.0.0.0/8`); each also with a port (`nas:8080`). This machine itself
 * is never asked through a proxy: a proxy would reach itself.
 * @param text with commas or spaces between; what cannot be read matches nothing
 */
export function readNoProxy(text: string): NoProxy {
  const entries = text
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean)
    .map(entryOf)
  return (url) => {
    const host = hostOf(url)
    if (isThisMachine(host)) return true
    const port = url.port || DEFAULT_PORTS[url.protocol]
    return entries.some((entry) => (entry.port === undefined || entry.port === port) && entry.matches(host))
  }
}

const DEFAULT_PORTS: Record<string, string> = { 'https:': '443', 'wss:': '443', 'http:': '80', 'ws:': '80' }

/** As a name or an address is compared: in small letters, without brackets and the dot at a name’s end. */
function hostOf({ hostname }: URL): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/(.)\.$/, '$1')
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost') || isIn(LOOPBACK, host)
}

function isIn(list: BlockList, host: string): boolean {
  return isIP(host) !== 0 && list.check(host, isIPv4(host) ? 'ipv4' : 'ipv6')
}

function entryOf(entry: string): NoProxyEntry {
  const { name, port } = withPort(entry)
  if (name === '*') return { port, matches: () => true }
  const [address = '', bits] = name.split('/')
  if (isIP(address) !== 0) return { port, matches: rangeOf(address, bits) }
  if (name.startsWith('*.')) return { port, matches: (host) => host.endsWith(name.slice(1)) }
  const bare = name.replace(/^\./, '').replace(/\.$/, '')
  return { port, matches: (host) => host === bare || host.endsWith(`.${bare}`) }
}

/** Of IPv6, only what is in brackets can have a port. */
function withPort(entry: string): { name: string; port: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(entry)
  if (bracketed) return { name: bracketed[1] ?? '', port: bracketed[2] }
  const [, name, port] = /^([^:]*):(\d+)$/.exec(entry) ?? []
  return name === undefined ? { name: entry, port: undefined } : { name, port }
}

function rangeOf(address: string, bits: string | undefined): (host: string) => boolean {
  const type = isIPv4(address) ? 'ipv4' : 'ipv6'
  const length = bits === undefined ? undefined : Number(bits)
  const most = type === 'ipv4' ? 32 : 128
  const list = new BlockList()
  if (length === undefined) list.addAddress(address, type)
  else if (Number.isInteger(length) && length >= 0 && length <= most) list.addSubnet(address, length, type)
  return (host) => isIn(list, host)
}
