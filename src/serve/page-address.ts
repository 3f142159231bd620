import type { HttpConfig } from '../app/config.ts'

const EVERY_ADDRESS = new Set(['0.0.0.0', '::'])
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

/** The page’s URL for a person, without a slash at the end. */
export function pageAddress({
  host,
  port,
  publicUrl,
}: Pick<HttpConfig, 'host' | 'port' | 'publicUrl'>): string {
  if (publicUrl !== undefined) return publicUrl
  // A server bound to every address is also reachable at this one.
  const name = EVERY_ADDRESS.has(host) ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** A link that signs in: show it only to the person who runs Rowbot. */
export function signInLink(address: string, token: string): string {
  return `${address}/sign-in?${new URLSearchParams({ token }).toString()}`
}

/** True if only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host)
}
