import { infoRoute, parametersRoute, siteRoute } from './about-routes.ts'
import { json, notFound, refuse } from './answers.ts'
import { bannerRoute, faultsRoute, hitsRoute } from './control-routes.ts'
import { conversationsRoute, detailRoute, eventsRoute, logsRoute, messagesRoute } from './look-up-routes.ts'
import type { SandboxRoute } from './misbehaviour.ts'
import { stopRoute, uploadRoute } from './other-routes.ts'
import { runRoute } from './run-routes.ts'
import type { SandboxCall, SandboxState } from './state.ts'

type RouteAnswer = Response | Promise<Response>

/** The API below /v1, as `METHOD /path`, where * is one id. */
const ROUTES: Record<
  string,
  { route: SandboxRoute; answer: (call: SandboxCall, id: string) => RouteAnswer }
> = {
  'GET /info': { route: 'about', answer: ({ app }) => infoRoute(app) },
  'GET /parameters': { route: 'about', answer: ({ app }) => parametersRoute(app) },
  'GET /meta': { route: 'about', answer: () => json({ tool_icons: {} }) },
  'GET /site': { route: 'about', answer: ({ app }) => siteRoute(app) },
  'POST /workflows/run': { route: 'run', answer: (call) => runRoute(call, 'workflow') },
  'POST /workflows/*/run': { route: 'run', answer: (call) => runRoute(call, 'workflow') },
  'POST /chat-messages': { route: 'run', answer: (call) => runRoute(call, 'advanced-chat') },
  'POST /completion-messages': { route: 'run', answer: (call) => runRoute(call, 'completion') },
  'POST /workflows/tasks/*/stop': { route: 'stop', answer: (call, id) => stopRoute(call, 'workflow', id) },
  'POST /chat-messages/*/stop': {
    route: 'stop',
    answer: (call, id) => stopRoute(call, 'advanced-chat', id),
  },
  'POST /completion-messages/*/stop': {
    route: 'stop',
    answer: (call, id) => stopRoute(call, 'completion', id),
  },
  'GET /workflows/run/*': { route: 'detail', answer: detailRoute },
  'GET /workflow/*/events': { route: 'detail', answer: eventsRoute },
  'GET /workflows/logs': { route: 'logs', answer: logsRoute },
  'GET /conversations': { route: 'messages', answer: conversationsRoute },
  'GET /messages': { route: 'messages', answer: messagesRoute },
  'POST /files/upload': { route: 'upload', answer: uploadRoute },
}

/** Answers one request, whatever it is for. */
export function answerTo(state: SandboxState, request: Request): RouteAnswer {
  const url = new URL(request.url)
  if (url.pathname === '/') return bannerRoute(state)
  if (url.pathname === '/sandbox/hits') return hitsRoute(state)
  if (url.pathname === '/sandbox/faults') return faultsRoute(state, request)
  if (!url.pathname.startsWith('/v1/')) return refuse({ status: 404, html: '<h1>404: not the API</h1>' })
  return api(state, request, url)
}

function api(state: SandboxState, request: Request, url: URL): RouteAnswer {
  const key = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  const app = state.apps.find((one) => one.key === key)
  if (!app) return refuse({ status: 401, code: 'unauthorized', message: 'Access token is invalid' })

  const { route, id } = matched(request.method, url.pathname.slice('/v1'.length))
  if (!route) return notFound('The requested URL was not found on the server.')
  // A run asks by itself, once it knows its inputs.
  if (route.route !== 'run') {
    const user = url.searchParams.get('user') ?? ''
    const call = { route: route.route, app: app.name, user, inputs: {}, query: '' }
    const fault = state.misbehaviour.faultFor(call)
    if (fault?.refuse) return refuse(fault.refuse)
  }
  return route.answer({ state, app, request, url }, id)
}

function matched(method: string, path: string) {
  const plain = ROUTES[`${method} ${path}`]
  if (plain) return { route: plain, id: '' }
  const parts = path.split('/')
  for (const index of [parts.length - 1, parts.length - 2]) {
    const id = parts[index] ?? ''
    const route = ROUTES[`${method} ${parts.with(index, '*').join('/')}`]
    if (route) return { route, id: decodeURIComponent(id) }
  }
  return { route: undefined, id: '' }
}
