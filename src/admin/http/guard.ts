import { say } from '../../engine/sentence.ts'
import { HttpFault } from './fault.ts'
import type { AdminLog } from '../options.ts'
import type { Attempts } from '../sign-in/attempts.ts'
import { cookiesOf, SESSION_COOKIE, type Sessions } from '../sign-in/session.ts'
import { type Identity, identify } from '../sign-in/identity.ts'
import { LINK_FOLDER } from '../../app/result-links.ts'
import { isIP } from 'node:net'

export interface GuardOptions {
  sessions: Sessions
  attempts: Attempts
  http: { host: string; publicUrl: string | undefined }
  log: AdminLog
}

/** Paths open without a token: none of them reveals anybody’s data. */
const OPEN = new Set(['/sign-in', '/healthz', '/readyz', '/alive', '/favicon.ico'])
const OPEN_FOLDER = '/assets/'
/** Writes that a viewer may make. */
const NO_CHANGE = new Set(['/sign-in', '/sign-out', '/preferences'])
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** For programs behind a proxy that needs `Authorization` for itself. */
export const TOKEN_HEADER = 'x-rowbot-token'
const BEARER = /^Bearer +(\S+)$/i

/**
 * Admits a request before its body is read: the host is ours, the client is signed in, a write comes from our own
 * page, and the role allows it.
 * @throws Fault
 */
export function admit(request: Request, address: string, options: GuardOptions): void {
  if (!isOurHost(request.headers.get('host'), options.http))
    throw new HttpFault('unknown_host', say('host-unknown'), say('do-set-public-url'))
  const { pathname } = new URL(request.url)
  // The token in its path is all that counts; no other site knows it, so none can send a write with it.
  if (pathname.startsWith(LINK_FOLDER)) return
  const isChange = !SAFE_METHODS.has(request.method)
  const identity = identityFrom(request, address, options)
  if (identity) identify(request, identity)
  else if (!isOpen(pathname)) throw new HttpFault('signed_out', say('signed-out'), say('do-sign-in'))
  if (!isChange) return
  if (identity?.by !== 'token' && !isOwnOrigin(request))
    throw new HttpFault('foreign_origin', say('foreign-origin'), say('do-use-page'))
  if (identity?.role === 'viewer' && !NO_CHANGE.has(pathname))
    throw new HttpFault('read_only', say('only-look'), say('do-sign-in-as-admin'))
}

function isOpen(path: string): boolean {
  return OPEN.has(path) || path.startsWith(OPEN_FOLDER)
}

/**
 * `X-Rowbot-Token` alone decides where it is sent. `Authorization` may be that of a proxy in front of us: other schemes
 * than Bearer are nothing to us, and a foreign Bearer is refused only where there is no session either.
 * @throws Fault for a wrong token
 */
function identityFrom(request: Request, address: string, options: GuardOptions): Identity | undefined {
  const own = request.headers.get(TOKEN_HEADER)
  if (own !== null) return withToken(own.trim(), options) ?? refuseToken(own.trim(), address, options)
  const bearer = BEARER.exec(request.headers.get('authorization') ?? '')?.[1]
  const byToken = bearer === undefined ? undefined : withToken(bearer, options)
  if (byToken) return byToken
  const cookie = cookiesOf(request).get(SESSION_COOKIE)
  const session = cookie === undefined ? undefined : options.sessions.open(cookie)
  if (session) return { ...session, by: 'cookie' }
  return bearer === undefined ? undefined : refuseToken(bearer, address, options)
}

function withToken(token: string, { sessions }: GuardOptions): Identity | undefined {
  const role = sessions.roleOf(token)
  return role && { role, name: 'API', by: 'token' }
}

/** @throws Fault that says that the token is wrong, or, after many wrong ones, that it was not even looked at */
function refuseToken(token: string, address: string, { attempts, log }: GuardOptions): never {
  const wait = attempts.wrong(address, token)
  if (wait > 0)
    throw new HttpFault(
      'too_many',
      say('too-many-wrong-tokens'),
      say('do-wait-seconds', { seconds: wait }),
      wait,
    )
  log.warn({ address }, 'somebody sent a wrong token')
  throw new HttpFault('signed_out', say('token-wrong'), say('do-print-link'))
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const EVERY_ADDRESS = new Set(['0.0.0.0', '::', '[::]'])

/**
 * Guards against DNS rebinding, where somebody points their own host name at us. Allowed are loopback, the address
 * that the server is bound to, and the public URL; if it is bound to every address, any IP address.
 */
export function isOurHost(
  header: string | null,
  ours: { host: string; publicUrl: string | undefined },
): boolean {
  if (header === null) return false
  const name = hostnameOf(`http://${header}`)
  if (name === undefined) return false
  if (LOOPBACK.has(name) || name === ours.host) return true
  if (ours.publicUrl !== undefined && name === hostnameOf(ours.publicUrl)) return true
  return EVERY_ADDRESS.has(ours.host) && isIP(name.replace(/^\[|\]$/g, '')) !== 0
}

/**
 * True if a write comes from our own page, by the browser’s own headers. Other programs do not send them, and pass.
 */
export function isOwnOrigin(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  const origin = request.headers.get('origin')
  if (origin === null) return false
  return URL.canParse(origin) && new URL(origin).host === request.headers.get('host')
}

function hostnameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined
}

/** A path on this site that a form may redirect to; undefined if it would lead to another site. */
export function localPath(path: string): string | undefined {
  if (!/^\/(?![/\\])[\x20-\x7e]*$/.test(path)) return undefined
  const base = 'http://rowbot.invalid'
  if (!URL.canParse(path, base)) return undefined
  const { origin, pathname, search } = new URL(path, base)
  // “/.//elsewhere” is a path here, but leads to another site once the dot is resolved.
  return origin === base && !pathname.startsWith('//') ? pathname + search : undefined
}
