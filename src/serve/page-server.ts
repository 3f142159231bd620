import { createAdmin } from '../admin/http/app.ts'
import { maxRequestBytes } from '../admin/http/body.ts'
import type { Readiness } from '../admin/options.ts'
import { startCleanup } from './cleanup.ts'
import { within } from '../engine/clock.ts'
import { UserError } from '../engine/user-error.ts'
import { pageAddress } from './page-address.ts'
import { adminOptionsOf } from './admin-options.ts'
import type { Rowbot } from '../app/rowbot.ts'
import type { Logger } from 'pino'

/** The longest honest silence on a connection: a large workbook is being checked, or a large result written. */
const IDLE_SECONDS = 120
/** What is being answered when the page closes has this long. */
const GRACE_MS = 5_000

export interface ServeOptions {
  /** what opens it for whoever may do everything */
  token: string
  health: () => Promise<Readiness>
  /** events of Slack over HTTP; undefined: none are expected here */
  slackEvents?: (request: Request) => Promise<Response>
  /** default: as it is set; 0: any free one */
  port?: number
}

export interface PageServer {
  /** where a person opens it */
  address: string
  /** Ends streams, waits `graceMs` for what is being answered, and closes. */
  stop(graceMs?: number): Promise<void>
}

/** Something listens there already. */
export class PortTaken extends UserError {}

/**
 * The page and the API, on their address.
 * @throws PortTaken
 * @throws UserError when there is no such address here
 */
export async function servePage(bot: Rowbot, { token, port, ...options }: ServeOptions): Promise<PageServer> {
  const { config, log } = bot
  const { http, limits } = config
  const closing = new AbortController()
  const adminOptions = adminOptionsOf(bot, {
    ...options,
    tokens: { admin: token, viewer: http.viewerToken },
    draining: closing.signal,
  })
  const admin = await createAdmin(adminOptions)
  // Not `admin.listen`: it lets a second process bind the same port, and requests would go to either.
  const server = bound(http.host, port ?? http.port, {
    maxRequestBodySize: maxRequestBytes(limits),
    idleTimeout: IDLE_SECONDS,
    async fetch(request: Request) {
      // Its Host is missing, or is none: there is nothing that its address could be.
      if (!URL.canParse(request.url)) return new Response(null, { status: 400 })
      const began = performance.now()
      const response = await admin.fetch(request)
      logRequest(log, request, { status: response.status, ms: performance.now() - began })
      return response
    },
    error(err) {
      log.error({ err }, 'a request of the page was not answered')
      return new Response(null, { status: 500 })
    },
  })
  admin.server = server // knows who asks
  bot.metrics?.watchProcess()
  startCleanup(adminOptions, closing.signal)
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

interface Serving {
  maxRequestBodySize: number
  idleTimeout: number
  fetch(request: Request): Promise<Response>
  error(fault: Error): Response
}

function bound(hostname: string, port: number, serving: Serving) {
  try {
    // Said here, and not left to NODE_ENV: in development Bun shows a page of a fault, with paths of this machine; with
    // that off, it lets another process have the same port unless it is told not to.
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
        `Rowbot may not listen at port ${port}.`,
        'Set ROWBOT_PORT to 1024 or above, and let a proxy listen below.',
      )
    const why = fault instanceof Error ? fault.message : String(fault)
    throw new UserError(
      `The page cannot be served at ${hostname}: ${why}.`,
      'Set ROWBOT_HOST to an address of this machine: 127.0.0.1, or 0.0.0.0 for all of them.',
    )
  }
}

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
