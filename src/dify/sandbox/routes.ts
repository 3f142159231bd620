import { infoRoute, parametersRoute, siteRoute } from './about-routes.ts'
import { INTERNAL_ERROR, json, refuse } from './answers.ts'
import { consoleRoute } from './console-routes.ts'
import { bannerRoute, faultsRoute, hitsRoute, troubleRoute } from './control-routes.ts'
import { answerRoute, formRoute } from './form-routes.ts'
import { fileRoute, uploadRoute } from './file-routes.ts'
import { conversationsRoute, detailRoute, eventsRoute, logsRoute, messagesRoute } from './look-up-routes.ts'
import type { SandboxRoute } from './misbehaviour.ts'
import { stopRoute } from './stop-route.ts'
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
  'POST /workflows/*/run': { route: 'run', answer: (call, id) => runRoute(call, 'workflow', id) },
  'POST /chat-messages': { route: 'run', answer: (call) => runRoute(call, 'chat') },
  'POST /completion-messages': { route: 'run', answer: (call) => runRoute(call, 'completion') },
  'POST /workflows/tasks/*/stop': { route: 'stop', answer: (call, id) => stopRoute(call, 'workflow', id) },
  'POST /chat-messages/*/stop': {
    route: 'stop',
    answer: (call, id) => stopRoute(call, 'chat', id),
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
  'GET /form/human_input/*': { route: 'form', answer: formRoute },
  'POST /form/human_input/*': { route: 'form', answer: answerRoute },
  'POST /files/upload': { route: 'upload', answer: uploadRoute },
}

/** Answers any request. */
export function answerTo(state: SandboxState, request: Request): RouteAnswer {
  const url = new URL(request.url)
  if (url.pathname === '/') return bannerRoute(state)
  if (url.pathname === '/sandbox/hits') return hitsRoute(state)
  if (url.pathname === '/sandbox/faults') return faultsRoute(state, request)
  if (url.pathname === '/sandbox/trouble') return troubleRoute(state, request)
  if (url.pathname.startsWith('/files/')) return fileRoute(state, url) ?? refuse(NO_SUCH_PAGE)
  if (url.pathname.startsWith('/console/api/')) return consoleRoute(state.console, request, url)
  if (!url.pathname.startsWith('/v1/')) return refuse(NO_SUCH_PAGE)
  return api(state, request, url)
}

const NO_SUCH_PAGE = { status: 404, html: '<title>404 Not Found</title>\n<h1>Not Found</h1>\n' }

function api(state: SandboxState, request: Request, url: URL): RouteAnswer {
  const path = url.pathname.slice('/v1'.length)
  const { route, id } = matched(request.method, path)
  if (!route) return noRoute(path)
  if (!state.server.hasDatabase) return refuse(INTERNAL_ERROR)
  if (!state.server.hasRedis && route.route !== 'about') return new Promise(() => {})

  const key = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1]
  if (key === undefined) return unauthorized("Authorization header must be provided and start with 'Bearer'")
  const app = state.console.appOf(key)
  if (!app) return unauthorized('Access token is invalid')

  // A run checks for faults itself, once it knows its inputs.
  if (route.route !== 'run') {
    const user = url.searchParams.get('user') ?? ''
    const call = { route: route.route, app: app.name, user, inputs: {}, query: '' }
    const fault = state.misbehaviour.faultFor(call)
    if (fault?.hangs) return new Promise(() => {})
    if (fault?.refuse) return refuse(fault.refuse)
    return route.answer({ state, app, request, url, ...(fault && { fault }) }, id)
  }
  return route.answer({ state, app, request, url }, id)
}

function unauthorized(message: string): Response {
  return refuse({ status: 401, code: 'unauthorized', message })
}

function noRoute(path: string): Response {
  const isThere = ['GET', 'POST'].some((method) => matched(method, path).route)
  if (!isThere) return refuse(NO_SUCH_PAGE)
  const message = 'The method is not allowed for the requested URL.'
  return refuse({ status: 405, code: 'method_not_allowed', message })
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
