import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { Tokens } from '../options.ts'
import type { PageRole } from './identity.ts'

export interface Session {
  role: PageRole
  name: string
}

export const SESSION_DAYS = 7
const DAY_MS = 86_400_000
const NAME_CHARS = 60

const SESSION = z.object({ role: z.enum(['admin', 'viewer']), name: z.string(), until: z.number() })

/**
 * Who is signed in, in a signed cookie: nothing is kept here, so a restart signs nobody out.
 */
export class Sessions {
  /** @param key signs the cookies: a secret that nobody who has a token can work out */
  constructor(
    private readonly tokens: Tokens,
    private readonly key: string,
    private readonly now: () => number,
  ) {}

  /** What a token opens; undefined: nothing. Takes as long for every wrong one. */
  roleOf(token: string): PageRole | undefined {
    const isAdmin = isSame(token, this.tokens.admin)
    const isViewer = this.tokens.viewer !== undefined && isSame(token, this.tokens.viewer)
    return isAdmin ? 'admin' : isViewer ? 'viewer' : undefined
  }

  seal({ role, name }: Session): string {
    const content = { role, name: sessionName({ role, name }), until: this.now() + SESSION_DAYS * DAY_MS }
    const payload = Buffer.from(JSON.stringify(content)).toString('base64url')
    return `${payload}.${this.#sign(payload)}`
  }

  /** Undefined: not one of ours, or over. */
  open(cookie: string): Session | undefined {
    const [payload = '', signature = ''] = cookie.split('.')
    if (!isSame(signature, this.#sign(payload))) return undefined
    const content = SESSION.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString()))
    return content.success && content.data.until > this.now() ? content.data : undefined
  }

  #sign(payload: string): string {
    return createHmac('sha256', this.key).update(payload).digest('base64url')
  }
}

/** What somebody is called: as they say, or by their role. */
export function sessionName({ role, name }: Session): string {
  return cleanName(name) || role
}

/** One line, no longer than a name is. */
function cleanName(name: string): string {
  return [...name.replaceAll(/[\p{C}\s]+/gu, ' ').trim()].slice(0, NAME_CHARS).join('')
}

/** Compared as digests: of one length, whatever was given. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(digest(a), digest(b))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

export const SESSION_COOKIE = 'rowbot_session'
const DAY_SECONDS = 86_400
const YEAR_SECONDS = 365 * DAY_SECONDS

/** The cookies of a request, by name. */
export function cookiesOf(request: Request): Map<string, string> {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return new Map(
    pairs.flatMap((pair) => {
      const at = pair.indexOf('=')
      return at > 0 ? [[pair.slice(0, at), pair.slice(at + 1)] as const] : []
    }),
  )
}

/** No script reads it, and no other site makes a browser send it along with a form. Secure: where the page has https. */
export function sessionCookie(value: string, isSecure: boolean): string {
  return cookie(SESSION_COOKIE, value, SESSION_DAYS * DAY_SECONDS, isSecure)
}

export function noSessionCookie(isSecure: boolean): string {
  return cookie(SESSION_COOKIE, '', 0, isSecure)
}

/** A choice that is no secret: language, colours. */
export function preferenceCookie(name: 'lang' | 'theme', value: string, isSecure: boolean): string {
  return cookie(`rowbot_${name}`, value, YEAR_SECONDS, isSecure)
}

function cookie(name: string, value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}
