import { infoRoute, parametersRoute, siteRoute } from './about-routes.ts'
import { json, notFound, refuse } from './answers.ts'
import { bannerRoute, faultsRoute, hitsRoute } from './control-routes.ts'
import { conversationsRoute, detailRoute, eventsRoute, logsRoute, messagesRoute } from './look-up-routes.ts'
import type { Route } from './misbehaviour.ts'
import { stopRoute, uploadRoute } from './other-routes.ts'
import { runRoute } from './run-routes.ts'
import type { Visit, World } from './world.ts'

type Answer = Response | Promise<Response>

/** The API below /v1, as `METHOD /path`, where * is one id. */
const ROUTES: Record<string, { route: Route; answer: (visit: Visit, id: string) => Answer }> = {
  'GET /info': { route: 'about', answer: ({ app }) => infoRoute(app) },
  'GET /parameters': { route: 'about', answer: ({ app }) => parametersRoute(app) },
  'GET /meta': { route: 'about', answer: () => json({ tool_icons: {} }) },
  'GET /site': { route: 'about', answer: ({ app }) => siteRoute(app) },
  'POST /workflows/run': { route: 'run', answer: (visit) => runRoute(visit, 'workflow') },
  'POST /workflows/*/run': { route: 'run', answer: (visit) => runRoute(visit, 'workflow') },
  'POST /chat-messages': { route: 'run', answer: (visit) => runRoute(visit, 'advanced-chat') },
  'POST /completion-messages': { route: 'run', answer: (visit) => runRoute(visit, 'completion') },
  'POST /workflows/tasks/*/stop': { route: 'stop', answer: (visit, id) => stopRoute(visit, 'workflow', id) },
  'POST /chat-messages/*/stop': {
    route: 'stop',
    answer: (visit, id) => stopRoute(visit, 'advanced-chat', id),
  },
  'POST /completion-messages/*/stop': {
    route: 'stop',
    answer: (visit, id) => stopRoute(visit, 'completion', id),
  },
  'GET /workflows/run/*': { route: 'detail', answer: detailRoute },
  'GET /workflow/*/events': { route: 'detail', answer: eventsRoute },
  'GET /workflows/logs': { route: 'logs', answer: logsRoute },
  'GET /conversations': { route: 'messages', answer: conversationsRoute },
  'GET /messages': { route: 'messages', answer: messagesRoute },
  'POST /files/upload': { route: 'upload', answer: uploadRoute },
}

/** Answers one request, whatever it is for. */
export function answerTo(world: World, request: Request): Answer {
  const url = new URL(request.url)
  if (url.pathname === '/') return bannerRoute(world)
  if (url.pathname === '/sandbox/hits') return hitsRoute(world)
  if (url.pathname === '/sandbox/faults') return faultsRoute(world, request)
  if (!url.pathname.startsWith('/v1/')) return refuse({ status: 404, html: '<h1>404: not the API</h1>' })
  return api(world, request, url)
}

function api(world: World, request: Request, url: URL): Answer {
  const key = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  const app = world.apps.find((one) => one.key === key)
  if (!app) return refuse({ status: 401, code: 'unauthorized', message: 'Access token is invalid' })

  const { known, id } = matched(request.method, url.pathname.slice('/v1'.length))
  if (!known) return notFound('The requested URL was not found on the server.')
  // A run asks by itself, once it knows its inputs.
  if (known.route !== 'run') {
    const user = url.searchParams.get('user') ?? ''
    const call = { route: known.route, app: app.name, user, inputs: {}, query: '' }
    const fault = world.misbehaviour.faultFor(call)
    if (fault?.refuse) return refuse(fault.refuse)
  }
  return known.answer({ world, app, request, url }, id)
}

function matched(method: string, path: string) {
  const plain = ROUTES[`${method} ${path}`]
  if (plain) return { known: plain, id: '' }
  const parts = path.split('/')
  for (const index of [parts.length - 1, parts.length - 2]) {
    const id = parts[index] ?? ''
    const known = ROUTES[`${method} ${parts.with(index, '*').join('/')}`]
    if (known) return { known, id: decodeURIComponent(id) }
  }
  return { known: undefined, id: '' }
}
