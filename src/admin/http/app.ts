import { Elysia } from 'elysia'
import { api } from '../api/api.ts'
import { methodsAt } from './allowed.ts'
import { answerFault } from './errors.ts'
import { Assets } from '../assets.ts'
import { Attempts } from '../sign-in/attempts.ts'
import { admit, identityNow, requireAdmitted } from './guard.ts'
import { clientAddress, trustedProxies } from '../../app/client-address.ts'
import { Sessions } from '../sign-in/session.ts'
import { dropFiles, readBody } from './body.ts'
import { FreshCache } from './cache.ts'
import type { AdminOptions } from '../options.ts'
import { linkPages } from '../links/link-routes.ts'
import { opsRoutes } from './health-routes.ts'
import { newTaskPages } from '../new-task/entry-routes.ts'
import { accessPages } from '../access/access-routes.ts'
import { auditPages } from '../audit/audit-routes.ts'
import { docsPages } from '../api/docs/docs-routes.ts'
import { providerOf } from '../sign-in/provider.ts'
import { providerPages } from '../sign-in/provider-routes.ts'
import { preferencePages } from '../sign-in/preferences.ts'
import { signInPages } from '../sign-in/sign-in-routes.ts'
import { allTaskPages } from '../tasks/routes.ts'
import { usagePages } from '../usage/usage-routes.ts'
import { workflowPages } from '../workflows/routes.ts'
import { OURS, securityHeaders, STOPPING } from './headers.ts'

/** where Slack sends events without Socket Mode */
export const SLACK_EVENTS = '/slack/events'

/** The page and the API. It does not listen yet, so tests can call it directly. */
export async function createAdmin(options: AdminOptions) {
  const { clock, db, http, isStopping, log, slackEvents } = options
  const now = () => clock.now()
  const assets = await Assets.load()
  const provider = providerOf(options, now)
  const sessions = new Sessions({ ...options, providerNow: provider?.fingerprint, now })
  const attempts = new Attempts(now)
  const isSecure = (request: Request) => isHttps(http.publicUrl) || isHttps(request.url)
  const around = {
    ...options,
    assets,
    cache: new FreshCache(clock),
    identityNow: (request: Request) => identityNow(request, sessions),
  }
  const app = new Elysia({ normalize: false })
  const programs = api(around)
  const isTrusted = trustedProxies(http.trustedProxies) ?? (() => false)
  const addressOf = (request: Request) =>
    clientAddress(
      app.server?.requestIP(request)?.address ?? '',
      request.headers.get('x-forwarded-for'),
      isTrusted,
    )

  const signIn = { ...around, sessions, attempts, provider, isSecure, addressOf }

  return app
    .onRequest(async ({ request, set }) => {
      Object.assign(set.headers, securityHeaders(isSecure(request)), isStopping() && { [OURS]: STOPPING })
      // Slack signs its requests; sessions do not apply.
      if (slackEvents && new URL(request.url).pathname === SLACK_EVENTS) return slackEvents(request)
      await admit(request, addressOf(request), { db, sessions, attempts, http, isStopping, log })
      return undefined
    })
    .onTransform({ as: 'global' }, ({ request, route }) => requireAdmitted(request, route))
    .onParse({ as: 'global' }, async ({ request }) => ({ read: await readBody(request, options) }).read)
    .onAfterResponse({ as: 'global' }, ({ request }) => dropFiles(request))
    .onError({ as: 'global' }, ({ error, request }) =>
      answerFault(error, request, { assets, log, methodsAt: (path) => methodsAt(path, app.routes) }),
    )
    .use(programs)
    .use(docsPages(around, programs.routes))
    .use(assets.routes())
    .use(signInPages(signIn))
    .use(providerPages(signIn))
    .use(preferencePages({ isSecure }))
    .use(allTaskPages(around))
    .use(opsRoutes(options))
    .use(newTaskPages(around))
    .use(workflowPages(around))
    .use(usagePages(around))
    .use(auditPages(around))
    .use(accessPages(around))
    .use(linkPages({ ...around, addressOf }))
}

function isHttps(url: string | undefined): boolean {
  return url?.startsWith('https:') ?? false
}
