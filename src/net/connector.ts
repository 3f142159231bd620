import type { Socket } from 'node:net'
import type { buildConnector } from 'undici'
import buildPlain from 'undici/lib/core/connect.js'
import { network } from './current.ts'
import { proxyDead, refusedBy, systemCode, tlsFault } from './faults.ts'
import type { NetRoute } from './network.ts'
import type { Proxy } from './proxy.ts'

type Lookup = NonNullable<Parameters<typeof buildPlain>[0]['lookup']>

const LARGEST_HEAD_BYTES = 16_384
const HEAD_END = '\r\n\r\n'

export interface ConnectOptions {
  timeoutMs: number
  /**
   * resolves names of servers that must be public, and fails with EPRIVATE. Where a proxy resolves them, it is asked all the
   * same: see docs/networks.md
   */
  lookup?: Lookup
}

/**
 * Opens connections for undici as this process’s network has it. We do not use undici’s own ProxyAgent: under Bun it cannot
 * open a tunnel, NO_PROXY would mean something else than for the other clients, and its faults do not say whether a call has
 * been sent, on which depends whether it may be made again.
 */
export function connector({ timeoutMs, lookup }: ConnectOptions): buildConnector.connector {
  const guarded = new Builders(timeoutMs, lookup)
  const plain = new Builders(timeoutMs)

  return (options, done) => {
    const url = new URL(`${options.protocol}//${options.host ?? options.hostname}`)
    const route = network().routeTo(url)
    if (!route.proxy) return guarded.for(route)(options, done)
    const { proxy } = route
    if (!lookup) return through(proxy)
    // What resolves to a private address here is refused; what does not resolve here is the proxy’s to resolve.
    lookup(options.hostname, { all: true }, (fault) => {
      if (fault && systemCode(fault) === 'EPRIVATE') done(fault, null)
      else through(proxy)
    })

    function through(proxy: Proxy): void {
      const isTunnel = options.protocol === 'https:'
      openProxy(proxy, (fault, socket) => {
        if (fault) return done(fault, null)
        if (!isTunnel) return done(null, socket)
        const target = `${url.hostname}:${options.port || '443'}`
        openTunnel(socket, { proxy, target, timeoutMs }, (refused) => {
          if (refused) return done(refused, null)
          plain.for(route)({ ...options, httpSocket: socket }, done)
        })
      })
    }
  }

  /** A connection to the proxy itself. */
  function openProxy(proxy: Proxy, done: (fault: Error | null, socket: Socket) => void): void {
    const toProxy: NetRoute = { proxy: undefined, authorities: network().authorities, client: undefined }
    const options = {
      hostname: proxy.host,
      host: proxy.host,
      port: proxy.port,
      protocol: proxy.isTls ? 'https:' : 'http:',
    }
    plain.for(toProxy)(options, (fault, socket) => {
      if (!fault) return done(null, socket)
      const code = systemCode(fault)
      const untrusted = proxy.isTls ? tlsFault(code, fault.message, proxy.shown) : undefined
      // `as`: undici gives either a fault or a socket
      done(untrusted ?? proxyDead(proxy, code ?? fault.name, fault), undefined as unknown as Socket)
    })
  }
}

/** undici’s own connectors, one for each set of certificates, since each keeps its TLS sessions. */
class Builders {
  readonly #built = new WeakMap<object, buildConnector.connector>()

  constructor(
    private readonly timeoutMs: number,
    private readonly lookup?: Lookup,
  ) {}

  for({ authorities, client }: NetRoute): buildConnector.connector {
    const key = client ?? authorities ?? this
    const existing = this.#built.get(key)
    if (existing) return existing
    const built = buildPlain({
      timeout: this.timeoutMs,
      // Over HTTP/2 all rows would share one connection, and one reset would lose every row in flight.
      allowH2: false,
      ...(authorities && { ca: authorities }),
      ...client,
      ...(this.lookup && { lookup: this.lookup }),
    })
    this.#built.set(key, built)
    return built
  }
}

interface Tunnel {
  proxy: Proxy
  /** the server’s host and port */
  target: string
  timeoutMs: number
}

/** Asks a proxy to pass everything on from now on (RFC 9110, 9.3.6). @param done without a fault: it does */
function openTunnel(
  socket: Socket,
  { proxy, target, timeoutMs }: Tunnel,
  done: (fault?: Error) => void,
): void {
  let head = Buffer.alloc(0)
  const timer = setTimeout(() => end(proxyDead(proxy, 'no answer')), timeoutMs)
  const onClose = () => end(proxyDead(proxy, 'hung up'))
  const onError = (fault: Error) => end(proxyDead(proxy, systemCode(fault) ?? 'hung up', fault))
  socket.on('data', read).on('close', onClose).on('error', onError)
  const authorization = proxy.authorization ? `Proxy-Authorization: ${proxy.authorization}\r\n` : ''
  socket.write(
    `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${authorization}User-Agent: rowbot${HEAD_END}`,
  )

  function read(bytes: Buffer): void {
    head = Buffer.concat([head, bytes])
    const at = head.indexOf(HEAD_END)
    if (at < 0) {
      if (head.length > LARGEST_HEAD_BYTES) end(proxyDead(proxy, 'no HTTP'))
      return
    }
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head.toString('latin1'))?.[1] ?? 0)
    if (status === 0) end(proxyDead(proxy, 'no HTTP'))
    else if (status < 200 || status > 299) end(refusedBy(proxy, status, target))
    // The server speaks second in TLS: what comes at once is not from it.
    else end(head.length > at + HEAD_END.length ? proxyDead(proxy, 'no HTTP') : undefined)
  }

  function end(fault?: Error): void {
    clearTimeout(timer)
    socket.off('data', read).off('close', onClose).off('error', onError)
    if (fault) socket.on('error', () => {}).destroy()
    done(fault)
  }
}
