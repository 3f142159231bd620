import { createAdmin, SLACK_EVENTS } from '../admin/http/app.ts'
import { deliver } from '../admin/http/deliver.ts'
import { Front } from '../admin/http/front.ts'
import { loggedPath } from '../admin/http/logged-path.ts'
import type { Readiness } from '../admin/options.ts'
import { watchApps } from './app-watch.ts'
import { startCleanup, startSweep } from './cleanup.ts'
import { within } from '../engine/clock.ts'
import { UserError } from '../engine/user-error.ts'
import { pageAddress } from './page-address.ts'
import { adminOptionsOf } from './admin-options.ts'
import type { Rowbot } from '../app/rowbot.ts'
import type { Logger } from 'pino'

/**
 * The longest legitimate silence on a connection: while a large workbook is checked, or a large result is written.
 */
const IDLE_SECONDS = 120
/** Open requests get this long when the page closes. */
const GRACE_MS = 5_000

export interface ServeOptions {
  /** the admin token */
  token: string
  health: () => Promise<Readiness>
  /** the process is being stopped, and the page is open for those who look; default: not before `stop` */
  isStopping?: () => boolean
  /** handles Slack events over HTTP; undefined: Slack does not use HTTP here */
  slackEvents?: (request: Request) => Promise<Response>
  /** false: only what monitoring asks, and Slack; default: true */
  hasPage?: boolean
  /** default: the one in the settings; 0: any free one */
  port?: number
}

export interface PageServer {
  /** its URL for a person */
  address: string
  /** Ends streams, waits `graceMs` for open requests, and closes. */
  stop(graceMs?: number): Promise<void>
}

/** Another program listens on this port. */
export class PortTaken extends UserError {}

/**
 * Serves the page and the API.
 * @throws PortTaken
 * @throws UserError if this machine does not have the address
 */
export async function servePage(
  bot: Rowbot,
  { token, port, isStopping, hasPage = true, ...options }: ServeOptions,
): Promise<PageServer> {
  const { config, log } = bot
  const { http } = config
  const closing = new AbortController()
  const adminOptions = adminOptionsOf(bot, {
    ...options,
    tokens: { admin: token, viewer: http.viewerToken },
    isStopping: () => closing.signal.aborted || isStopping?.() === true,
    draining: closing.signal,
  })
  const admin = await createAdmin(adminOptions)
  const front = new Front(http)
  // Not `admin.listen`: it would let a second process bind the same port, and requests would go to either.
  const server = bound(http.host, port ?? http.port, {
    // Above a limit of its own, Bun would answer 413 without a word. Every body is read within limits of ours that say
    // which they are (http/body.ts, bots/slack/http.ts); what nobody reads is not kept in memory.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: IDLE_SECONDS,
    async fetch(request: Request, asked) {
      // The Host header is missing or invalid, so there is no valid URL.
      if (!URL.canParse(request.url)) return new Response(null, { status: 400 })
      const began = performance.now()
      front.receive(request, asked.requestIP(request)?.address ?? '')
      if (!hasPage && !WITHOUT_PAGE.has(new URL(request.url).pathname)) return noPage()
      const response = await deliver(request, await front.send(await admin.fetch(request)))
      logRequest(log, request, { status: response.status, ms: performance.now() - began })
      return response
    },
    error(err) {
      log.error({ err }, 'a request of the page was not answered')
      return new Response(null, { status: 500 })
    },
  })
  admin.server = server // lets the app ask for a client’s address
  bot.metrics?.watchProcess()
  if (bot.isShared) startSweep(adminOptions, closing.signal) // for the rest see BotRole
  else {
    startCleanup({ ...adminOptions, retention: config.retention }, closing.signal)
    watchApps(bot, closing.signal)
  }
  return {
    address:
      server.port === http.port
        ? pageAddress(http)
        : pageAddress({ host: http.host, port: server.port ?? 0, publicUrl: undefined }),
    async stop(graceMs = GRACE_MS) {
      closing.abort()
      await within(graceMs, server.stop())
      await server.stop(true)
    },
  }
}

/** What a machine answers that serves no page. */
const WITHOUT_PAGE = new Set(['/healthz', '/readyz', '/metrics', SLACK_EVENTS])

function noPage(): Response {
  return new Response('This machine serves no page: see --roles.\n', { status: 404 })
}

interface Serving {
  maxRequestBodySize: number
  idleTimeout: number
  fetch(
    request: Request,
    asked: { requestIP(request: Request): { address: string } | null },
  ): Promise<Response>
  error(fault: Error): Response
}

function bound(hostname: string, port: number, serving: Serving) {
  try {
    // Set here rather than left to NODE_ENV: in development mode Bun answers errors with a page that shows local
    // paths. Without `reusePort: false`, another process could bind the same port.
    return Bun.serve({ hostname, port, development: false, reusePort: false, ...serving })
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? fault.code : undefined
    if (code === 'EADDRINUSE')
      throw new PortTaken(
        `Port ${port} of ${hostname} is taken: another program listens there, perhaps another Rowbot.`,
        'Set ROWBOT_PORT to a free one, or stop the other.',
      )
    if (code === 'EACCES')
      throw new UserError(
        `Rowbot is not allowed to listen on port ${port}.`,
        'Set ROWBOT_PORT to 1024 or above, and let a proxy listen below.',
      )
    const why = fault instanceof Error ? fault.message : String(fault)
    throw new UserError(
      `The page cannot be served at ${hostname}: ${why}.`,
      'Set ROWBOT_HOST to an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them.',
    )
  }
}

/** A deliberate answer while draining, or before a chat has started: the client is expected to retry. */
const UNAVAILABLE = 503

/** Logs a request without what is secret in its address. */
export function logRequest(
  log: Logger,
  request: Request,
  { status, ms }: { status: number; ms: number },
): void {
  const about = { method: request.method, path: loggedPath(request), status, ms: Math.round(ms) }
  const level = status >= 500 && status !== UNAVAILABLE ? 'error' : 'debug'
  log[level](about, 'a request of the page')
}
