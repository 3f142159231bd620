import { WebClient } from '@slack/web-api'
import { boltLogger } from './log.ts'
import type { Log } from '../log.ts'

export interface ClientOptions {
  token: string
  /** default: Slack's own */
  apiUrl?: string
  log: Log
}

const INTERACTIVE_TIMEOUT_MS = 10_000
const BACKGROUND_TIMEOUT_MS = 20_000

/**
 * For what a person waits for. It is apart from the background's, and neither waits out a 429: the library would make
 * every other call of the client wait, too, and a dialog can be opened for 3 s only.
 */
export function interactiveClient(options: ClientOptions): WebClient {
  return client(options, { timeout: INTERACTIVE_TIMEOUT_MS, retryConfig: { retries: 1 } })
}

/** For messages. No retries: Slack may have posted what it answered with a 502. */
export function backgroundClient(options: ClientOptions): WebClient {
  return client(options, { timeout: BACKGROUND_TIMEOUT_MS, retryConfig: { retries: 0 } })
}

/** The library joins method names to it as they are. */
export function withSlash(address: string): string {
  return address.endsWith('/') ? address : `${address}/`
}

function client(
  { token, apiUrl, log }: ClientOptions,
  how: { timeout: number; retryConfig: { retries: number } },
): WebClient {
  return new WebClient(token, {
    ...how,
    ...(apiUrl && { slackApiUrl: withSlash(apiUrl) }),
    rejectRateLimitedCalls: true,
    logger: boltLogger(log),
  })
}
