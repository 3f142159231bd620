import { say } from '../../engine/sentence.ts'
import { HttpFault } from './fault.ts'
import type { AdminLog } from '../options.ts'
import type { Attempts } from '../sign-in/attempts.ts'
import { cookiesOf, SESSION_COOKIE } from '../sign-in/cookies.ts'
import type { Sessions } from '../sign-in/session.ts'
import { type Identity, identify, onlyOwn } from '../sign-in/identity.ts'
import { findOwnerKey } from '../../db/tasks/tasks.ts'
import type { Db } from '../../db/schema.ts'
import { type AccessRule, accessRule, isAllowed } from './access.ts'
import { LINK_FOLDER } from '../../app/result-links.ts'
import { isIP } from 'node:net'

export interface GuardOptions {
  db: Db
  sessions: Sessions
  attempts: Attempts
  http: { host: string; publicUrl: string | undefined }
  isStopping: () => boolean
  log: AdminLog
}

/** Writes that change only what concerns whoever sends them. */
const OWN_AFFAIRS = new Set(['/sign-in', '/sign-out', '/preferences'])
/** What saves money is taken to the end. */
const ENDS_CALLS = /^(?:\/api)?\/batch\/[^/]+\/(?:pause|stop)$/
/** Rows in flight get half a minute, and the next start takes moments: see docs/operate.md. */
const BACK_SECONDS = 60
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS'])
/** For programs behind a proxy that needs `Authorization` for itself. */
export const TOKEN_HEADER = 'x-rowbot-token'
const BEARER = /^Bearer +(\S+)$/i

const admitted = new WeakMap<Request, AccessRule>()

/**
 * Admits a request before its body is read: the host is ours, the client is signed in, a write comes from our own
 * page, the role allows it (access.ts), and the task is one that they may see.
 * @throws Fault
 */
export async function admit(request: Request, address: string, options: GuardOptions): Promise<void> {
  if (!isOurHost(request.headers.get('host'), options.http))
    throw new HttpFault('unknown_host', say('host-unknown'), say('do-set-public-url'))
  const { pathname } = new URL(request.url)
  const rule = accessRule(request.method, pathname)
  if (rule) admitted.set(request, rule)
  // The token in its path is all that counts; no other site knows it, so none can send a write with it.
  if (rule?.least === 'link' || pathname.startsWith(LINK_FOLDER)) return
  const identity = await identityFrom(request, address, options)
  if (identity) identify(request, identity)
  else if (rule?.least !== 'open') throw new HttpFault('signed_out', say('signed-out'), say('do-sign-in'))
  const isChange = !SAFE_METHODS.has(request.method)
  if (isChange && identity?.by !== 'token' && !isOwnOrigin(request, options.http.publicUrl))
    throw new HttpFault('foreign_origin', say('foreign-origin'), say('do-use-page'))
  if (!identity) return
  if (isChange && identity.role === 'viewer' && !OWN_AFFAIRS.has(pathname))
    throw new HttpFault('read_only', say('only-look'), say('do-sign-in-as-admin'))
  if (isChange && options.isStopping() && !OWN_AFFAIRS.has(pathname) && !ENDS_CALLS.test(pathname))
    throw new HttpFault('unavailable', say('rowbot-stopping'), say('do-when-back'), BACK_SECONDS)
  if (!rule) return // there is no such route, and whoever is signed in is told so
  if (!isAllowed(rule.least, identity.role))
    throw new HttpFault('read_only', say('not-with-your-role'), say('do-ask-admin'))
  if (rule.taskId !== undefined) await requireSeen(rule.taskId, identity, options)
}

/**
 * To be asked once the router has chosen: it must be the route that was admitted, or who may do what would depend on two
 * readings of one path being the same.
 * @throws Fault
 */
export function requireAdmitted(request: Request, route: string): void {
  if (admitted.get(request)?.path !== route) throw new HttpFault('not_found', say('no-such-page'))
}

/** Somebody else’s task is, for a runner, one that there is not. @throws Fault */
async function requireSeen(taskId: string, identity: Identity, { db }: GuardOptions): Promise<void> {
  const own = onlyOwn(identity)
  if (own === undefined || (await findOwnerKey(db, taskId)) === own) return
  throw new HttpFault('not_found', say('task-not-there'), say('do-see-tasks'))
}

/**
 * `X-Rowbot-Token` alone decides where it is sent. `Authorization` may be that of a proxy in front of us: other schemes
 * than Bearer are nothing to us, and a foreign Bearer is refused only where there is no session either.
 * @throws Fault for a wrong token
 */
async function identityFrom(
  request: Request,
  address: string,
  options: GuardOptions,
): Promise<Identity | undefined> {
  const found = await identityNow(request, options.sessions)
  if (found) return found
  const token = tokensOf(request)
  const wrong = token.own ?? token.bearer
  return wrong === undefined ? undefined : refuseToken(wrong, address, options)
}

/** Who sends a request, as things are now; for a stream, which stays open, also later. */
export async function identityNow(request: Request, sessions: Sessions): Promise<Identity | undefined> {
  const { own, bearer } = tokensOf(request)
  const holder = await sessions.holderOf(own ?? bearer ?? '')
  if (holder) {
    const { role, name = 'API', personId = name } = holder
    return { role, name, personId, by: 'token' }
  }
  if (own !== undefined) return undefined
  const cookie = cookiesOf(request).get(SESSION_COOKIE)
  const session = cookie === undefined ? undefined : await sessions.open(cookie)
  return session && { ...session, by: 'cookie' }
}

function tokensOf({ headers }: Request): { own: string | undefined; bearer: string | undefined } {
  return {
    own: headers.get(TOKEN_HEADER)?.trim(),
    bearer: BEARER.exec(headers.get('authorization') ?? '')?.[1],
  }
}

/** @throws Fault that says that the token is wrong, or, after many wrong ones, that they have to wait */
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
 * A proxy may send another `Host` than the browser has.
 */
export function isOwnOrigin(request: Request, publicUrl?: string): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none'
  const origin = request.headers.get('origin')
  if (origin === null) return false
  if (!URL.canParse(origin)) return false
  const { host } = new URL(origin)
  if (host === request.headers.get('host') || host === new URL(request.url).host) return true
  return publicUrl !== undefined && origin === new URL(publicUrl).origin
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
