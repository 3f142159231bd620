export const SESSION_COOKIE = 'rowbot_session'
const HOUR_SECONDS = 3_600
const YEAR_SECONDS = 365 * 86_400

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

/** Not readable by scripts, and not sent by forms of other sites. Secure if the page uses https. */
export function sessionCookie(value: string, isSecure: boolean, hours: number): string {
  return cookie(SESSION_COOKIE, value, Math.round(hours * HOUR_SECONDS), isSecure)
}

export function noSessionCookie(isSecure: boolean): string {
  return cookie(SESSION_COOKIE, '', 0, isSecure)
}

/** For choices that are no secret: language, colours. */
export function preferenceCookie(name: 'lang' | 'theme', value: string, isSecure: boolean): string {
  return cookie(`rowbot_${name}`, value, YEAR_SECONDS, isSecure)
}

export function cookie(name: string, value: string, maxAgeSeconds: number, isSecure: boolean): string {
  const secure = isSecure ? '; Secure' : ''
  return `${name}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`
}
