import { isIP } from 'node:net'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const EVERY_ADDRESS = new Set(['0.0.0.0', '::', '[::]'])

/**
 * Whether the page may be asked for under this name. A name that somebody else has pointed here (DNS rebinding) is none
 * of ours: loopback, the address it is bound to, the public one; bound to every address, each that is a number.
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

/** A write comes from a page of ours: the browser says so, or says where from. Programs without a browser say nothing. */
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
