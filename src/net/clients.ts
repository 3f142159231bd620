import { createRequire } from 'node:module'
import { setDefaultCACertificates } from 'node:tls'
import { setNetwork } from './current.ts'
import { NetworkFault, proxyDead, refusedBy, systemCode, tlsFault } from './faults.ts'
import type { Network, NetRoute } from './network.ts'

/**
 * Makes every client of this process go out as the network has it: `fetch`, WebSockets, and what speaks TLS by itself (mail).
 * undici’s are made with connector.ts. To be called once, before anything is loaded that opens connections: discord.js takes
 * the WebSocket that there is when it is loaded.
 *
 * Bun reads NODE_EXTRA_CA_CERTS before it reads `.env`, so from there it would not count; its WebSocket knows no proxy of the
 * environment; and its fetch goes to localhost through one, and to addresses that NO_PROXY names.
 */
export function useNetwork(network: Network): void {
  setNetwork(network)
  if (network.isPlain) return
  if (network.authorities) setDefaultCACertificates(network.authorities)
  globalThis.fetch = fetchThrough(network, globalThis.fetch)
  globalThis.WebSocket = webSocketThrough(network, globalThis.WebSocket)
  // Slack’s library takes it from Bun’s own undici, which is no subclass of the global one.
  const undici: { WebSocket: typeof WebSocket } = createRequire(import.meta.url)('undici')
  undici.WebSocket = webSocketThrough(network, undici.WebSocket)
}

/** How Bun’s clients are given a route. */
export function bunOptions({ proxy, authorities, client }: NetRoute) {
  return {
    ...(proxy && { proxy: proxy.url }),
    ...((authorities ?? client) && { tls: { ...(authorities && { ca: authorities }), ...client } }),
  }
}

/** @throws NetworkFault if a proxy or a certificate is to blame; else what `plain` throws */
export function fetchThrough(network: Network, plain: typeof fetch): typeof fetch {
  const through = async (to: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const address = to instanceof Request ? to.url : String(to)
    if (!/^https?:/i.test(address)) return plain(to, init)
    const url = new URL(address)
    const route = network.routeTo(url)
    try {
      const response = await pastEnvironment(() => plain(to, { ...init, ...bunOptions(route) }))
      if (response.status !== 407 || !route.proxy) return response
      await response.body?.cancel()
      throw refusedBy(route.proxy, 407, url.host)
    } catch (fault) {
      throw asNetworkFault(fault, url, route) ?? fault
    }
  }
  return Object.assign(through, { preconnect: plain.preconnect })
}

const ENVIRONMENT = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
])

/**
 * Begins a request while the environment names no proxy: Bun looks there as a request begins, and then goes by its own rules,
 * even past the proxy that it is given. The settings stay for its S3 client, which knows nothing else.
 */
function pastEnvironment<T>(begin: () => T): T {
  const kept = ENVIRONMENT.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  for (const [name] of kept) delete process.env[name]
  try {
    return begin()
  } finally {
    for (const [name, value] of kept) process.env[name] = value
  }
}

function webSocketThrough(network: Network, Plain: typeof WebSocket): typeof WebSocket {
  // A proxy and not a subclass: the environment has to be hidden around the whole of `new`.
  return new Proxy(Plain, {
    construct(
      _,
      [url, options, ...more]: [string | URL, (string | string[] | object)?, ...object[]],
      target,
    ) {
      const route = bunOptions(network.routeTo(new URL(url)))
      const given = typeof options === 'string' || Array.isArray(options) ? { protocols: options } : options
      const all = { ...given, ...Object.assign({}, ...more), ...route }
      // `as`: `construct` gives an object of this class
      return pastEnvironment(() => Reflect.construct(Plain, [url, all], target) as WebSocket)
    },
  })
}

/** Bun’s words for a proxy that refuses a tunnel have the status. */
const REFUSED_TUNNEL = /tunnel: (\d{3})/

function asNetworkFault(fault: unknown, url: URL, { proxy }: NetRoute): NetworkFault | undefined {
  if (!(fault instanceof Error) || fault instanceof NetworkFault) return undefined
  const code = systemCode(fault)
  const untrusted = tlsFault(code, fault.message, url.host)
  if (untrusted) return untrusted
  if (!proxy) return undefined
  const status = Number(REFUSED_TUNNEL.exec(fault.message)?.[1] ?? 0)
  if (status > 0) return refusedBy(proxy, status, url.host)
  return code !== undefined && DEAD.has(code) ? proxyDead(proxy, code, fault) : undefined
}

/** Only the proxy was connected to: with these codes, it is the one that is not there. */
const DEAD = new Set([
  'ECONNREFUSED',
  'ConnectionRefused',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'FailedToOpenSocket',
])
