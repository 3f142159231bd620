import type { Logger } from 'pino'

/** Answered with it on purpose: draining, or a chat that is not there yet. Whoever asked comes again. */
const UNAVAILABLE = 503

/** A line for every request of the page. Without its query, where a sign-in has its token and a search its words. */
export function logRequest(
  log: Logger,
  request: Request,
  { status, ms }: { status: number; ms: number },
): void {
  const about = { method: request.method, path: new URL(request.url).pathname, status, ms: Math.round(ms) }
  const level = status >= 500 && status !== UNAVAILABLE ? 'error' : 'debug'
  log[level](about, 'a request of the page')
}
