import { getCACertificates } from 'node:tls'
import { UserError } from '../engine/user-error.ts'
import { type ClientCertificate, readAuthorities, readClientCertificate } from './certificates.ts'
import { type NoProxy, readNoProxy } from './no-proxy.ts'
import { type Proxy, readProxy } from './proxy.ts'

/** How one server is reached. */
export interface NetRoute {
  /** undefined: directly */
  proxy: Proxy | undefined
  /** every authority that is trusted, as PEM; undefined: those that Bun trusts by itself */
  authorities: string[] | undefined
  /** what a server is shown that asks for a certificate */
  client: ClientCertificate | undefined
}

interface Facts {
  http: Proxy | undefined
  https: Proxy | undefined
  isDirect: NoProxy
  /** where authorities are read from besides, by their settings: `ROWBOT_CA_FILE: /etc/ca.pem` */
  files: Record<string, string>
  added: string[]
  client: ClientCertificate | undefined
  /** that are shown the client’s certificate */
  clientHosts: string[]
}

/** How this machine reaches others: through which proxy, whose certificates it trusts, and what it shows of itself. */
export class Network {
  readonly #authorities: string[] | undefined

  constructor(private readonly facts: Facts) {
    // A list of our own replaces what is trusted otherwise, so it has all of that, too.
    this.#authorities =
      facts.added.length > 0 ? [...new Set([...getCACertificates('default'), ...facts.added])] : undefined
  }

  /** True if nothing is set: then nothing needs to be changed anywhere. */
  get isPlain(): boolean {
    const { http, https, added, client } = this.facts
    return !http && !https && added.length === 0 && !client
  }

  /** Every authority that is trusted; undefined: those that Bun trusts by itself. */
  get authorities(): string[] | undefined {
    return this.#authorities
  }

  /** The files that authorities are read from besides, by setting. */
  get files(): Readonly<Record<string, string>> {
    return this.facts.files
  }

  routeTo(url: URL): NetRoute {
    const { http, https, isDirect, client, clientHosts } = this.facts
    const isTls = url.protocol === 'https:' || url.protocol === 'wss:'
    const proxy = isTls ? https : http
    return {
      proxy: proxy && !isDirect(url) ? proxy : undefined,
      authorities: isTls || proxy?.isTls ? this.#authorities : undefined,
      client: client && isTls && clientHosts.some((host) => isHost(url, host)) ? client : undefined,
    }
  }
}

/** Nothing is set. */
export const PLAIN_NETWORK = new Network({
  http: undefined,
  https: undefined,
  isDirect: () => true,
  files: {},
  added: [],
  client: undefined,
  clientHosts: [],
})

export interface ReadOptions {
  /** told of NODE_EXTRA_CA_CERTS that cannot be read: other programs set it, too, and do without */
  warn?: (sentence: string) => void
  /** Bun has read NODE_EXTRA_CA_CERTS itself, which it does at its start, before it reads `.env` */
  hasExtra?: boolean
}

/**
 * Reads how others are reached, from the environment and `.env`.
 * @throws UserError that names the setting that is wrong, but not its value if that may have a password
 */
export function readNetwork(
  env: Record<string, string | undefined>,
  { warn = () => {}, hasExtra = getCACertificates('extra').length > 0 }: ReadOptions = {},
): Network {
  const files: Record<string, string> = {}
  const added: string[] = []
  const own = env['ROWBOT_CA_FILE']
  if (own) {
    files['ROWBOT_CA_FILE'] = own
    added.push(...readAuthorities(own, 'ROWBOT_CA_FILE'))
  }
  const extra = env['NODE_EXTRA_CA_CERTS']
  if (extra) {
    try {
      if (!hasExtra) added.push(...readAuthorities(extra, 'NODE_EXTRA_CA_CERTS'))
      files['NODE_EXTRA_CA_CERTS'] = extra
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      warn(`${fault.message} It is not used.`)
    }
  }
  return new Network({
    http: readProxy(env, 'HTTP_PROXY'),
    https: readProxy(env, 'HTTPS_PROXY'),
    isDirect: readNoProxy(env['no_proxy'] || env['NO_PROXY'] || ''),
    files,
    added,
    client: clientOf(env),
    clientHosts: clientHostsOf(env),
  })
}

function clientOf(env: Record<string, string | undefined>): ClientCertificate | undefined {
  const { ROWBOT_TLS_CERT: cert, ROWBOT_TLS_KEY: key, ROWBOT_TLS_KEY_PASSWORD: password } = env
  if (!cert && !key) return undefined
  if (!cert || !key)
    throw new UserError(
      `${cert ? 'ROWBOT_TLS_CERT' : 'ROWBOT_TLS_KEY'} is set, but ${cert ? 'ROWBOT_TLS_KEY' : 'ROWBOT_TLS_CERT'} is not: a client certificate needs both.`,
      'Set both to PEM files, or none: see docs/networks.md.',
    )
  return readClientCertificate(cert, key, password || undefined)
}

/** Default: the Dify server in the settings. */
function clientHostsOf(env: Record<string, string | undefined>): string[] {
  const listed = (env['ROWBOT_TLS_HOSTS'] ?? '')
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean)
  if (listed.length > 0) return listed
  const dify = env['DIFY_BASE_URL'] ?? ''
  return URL.canParse(dify) ? [new URL(dify).host] : []
}

/** @param host with a port if only that one is meant */
function isHost(url: URL, host: string): boolean {
  return url.hostname === host || url.host === host || `${url.hostname}:${url.port || '443'}` === host
}
