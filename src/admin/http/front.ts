import { plainAddress, type TrustedProxies, trustedProxies } from '../../app/client-address.ts'
import { subPathOf } from '../../app/sub-path.ts'
import { underSubPath, withoutSubPath } from './sub-path.ts'

/** A host with a port, as `Host` has it. */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i

/** What stands between the page and the world: a proxy, which may have its own protocol, host and path. */
export class Front {
  readonly #subPath: string
  readonly #isTrusted: TrustedProxies

  constructor(http: { publicUrl: string | undefined; trustedProxies: readonly string[] }) {
    this.#subPath = subPathOf(http.publicUrl)
    this.#isTrusted = trustedProxies(http.trustedProxies) ?? (() => false)
  }

  /**
   * Gives a request the address that the routes know, with the protocol and the host that its client has used.
   * @param peer who has opened the connection; empty: unknown
   */
  receive(request: Request, peer: string): void {
    const url = withoutSubPath(this.#forwarded(request, peer), this.#subPath)
    // A new Request would be another object to the server, which then no longer knows its peer, and would copy the body.
    if (url !== request.url) Object.defineProperty(request, 'url', { value: url })
  }

  /** An answer as the world sees it. */
  send(response: Response): Promise<Response> {
    return underSubPath(response, this.#subPath)
  }

  /** Anybody can send these headers: they count only from a trusted proxy, which has written the last of each. */
  #forwarded({ url, headers }: Request, peer: string): string {
    if (!this.#isTrusted(plainAddress(peer))) return url
    const { protocol, host, pathname, search } = new URL(url)
    const said = last(headers.get('x-forwarded-proto')).toLowerCase()
    const scheme = said === 'https' || said === 'http' ? `${said}:` : protocol
    const named = last(headers.get('x-forwarded-host'))
    const seen = `${scheme}//${HOST.test(named) ? named : host}${pathname}${search}`
    return URL.canParse(seen) ? seen : url
  }
}

function last(header: string | null): string {
  return header?.split(',').at(-1)?.trim() ?? ''
}
