import { SESSION_DAYS } from './session.ts'

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
