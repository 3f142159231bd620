import type { HttpConfig } from '../app/config.ts'

const EVERY_ADDRESS = new Set(['0.0.0.0', '::'])
const LOOPBACK = new Set(['127.0.0.1', '::1', 'localhost'])

/** Where a person opens the page, without a slash at the end. */
export function pageAddress({
  host,
  port,
  publicUrl,
}: Pick<HttpConfig, 'host' | 'port' | 'publicUrl'>): string {
  if (publicUrl !== undefined) return publicUrl
  // Bound to every address, it is on this one, too.
  const name = EVERY_ADDRESS.has(host) ? '127.0.0.1' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** Signs in who opens it: for the eyes of whoever runs Rowbot alone. */
export function signInLink(address: string, token: string): string {
  return `${address}/sign-in?${new URLSearchParams({ token }).toString()}`
}

/** Nobody but this machine reaches it. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host)
}
