import { Elysia } from 'elysia'
import { api } from './api/api.ts'
import { answerFault } from './answer-fault.ts'
import { Assets } from './assets.ts'
import { Attempts } from './auth/attempts.ts'
import { admit } from './auth/guard.ts'
import { Sessions } from './auth/session.ts'
import { readBody } from './body.ts'
import { Fresh } from './live/fresh.ts'
import type { AdminOptions } from './options.ts'
import { docsPages } from './pages/docs.ts'
import { preferencePages } from './pages/preferences.ts'
import { signInPages } from './pages/sign-in.ts'
import { taskListPages } from './pages/tasks.ts'
import { securityHeaders } from './security-headers.ts'

const SLACK_EVENTS = '/slack/events'

/** The page and the API: not listening yet, so that tests hand it requests. */
export async function createAdmin(options: AdminOptions) {
  const { tokens, clock, http, log, limits, slackEvents } = options
  const now = () => clock.now()
  const assets = await Assets.load()
  const sessions = new Sessions(tokens, now)
  const attempts = new Attempts(now)
  const isHttps = http.publicUrl?.startsWith('https:') ?? false
  const headers = securityHeaders(isHttps)
  const around = { ...options, assets, fresh: new Fresh(clock) }
  const app = new Elysia({ normalize: false })
  const programs = api(around)
  const addressOf = (request: Request) => app.server?.requestIP(request)?.address ?? ''

  return app
    .onRequest(async ({ request, set }) => {
      Object.assign(set.headers, headers)
      // Slack signs what it sends; no session has anything to do with it.
      if (slackEvents && new URL(request.url).pathname === SLACK_EVENTS) return slackEvents(request)
      admit(request, addressOf(request), { sessions, attempts, http })
      return undefined
    })
    .onParse({ as: 'global' }, async ({ request }) => ({ read: await readBody(request, limits) }).read)
    .onError({ as: 'global' }, ({ error, request }) => answerFault(error, request, { assets, log }))
    .use(programs)
    .use(docsPages(around, programs.routes))
    .use(assets.routes())
    .use(signInPages({ assets, sessions, attempts, isHttps, addressOf, log }))
    .use(preferencePages({ isHttps }))
    .use(taskListPages(around))
}

export type Admin = Awaited<ReturnType<typeof createAdmin>>
