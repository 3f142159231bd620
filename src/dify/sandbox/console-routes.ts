import { json, notFound, refuse } from './answers.ts'
import { MOST_KEYS, SANDBOX_ADMIN_KEY, SANDBOX_WORKSPACE, type SandboxConsole } from './console.ts'

/** The part of Dify's console API below /console/api that lists apps and makes keys for them. */
export function consoleRoute(console: SandboxConsole, request: Request, url: URL): Response {
  // Dify tells a wrong key, a wrong workspace and an admin key that is switched off apart by nothing.
  const isAdmin =
    request.headers.get('authorization') === `Bearer ${SANDBOX_ADMIN_KEY}` &&
    request.headers.get('x-workspace-id') === SANDBOX_WORKSPACE
  if (!isAdmin) return refuse({ status: 401, code: 'unauthorized', message: 'Invalid token.' })
  const [, appId, keyId] =
    /^\/console\/api\/apps(?:\/([^/]+)\/api-keys(?:\/([^/]+))?)?$/.exec(url.pathname) ?? []
  const { method } = request
  if (appId === undefined && url.pathname.endsWith('/apps') && method === 'GET') return list(console, url)
  const app = appId === undefined ? undefined : console.appById(appId)
  if (!app) return notFound('App not found.')
  if (keyId !== undefined && method === 'DELETE')
    return console.deleteKey(app, keyId) ? new Response(null, { status: 204 }) : notFound('API key not found')
  if (keyId === undefined && method === 'GET') return json({ data: console.keysOf(app) })
  if (keyId === undefined && method === 'POST') {
    const key = console.makeKey(app)
    return key ? json(key, 201) : refuse(TOO_MANY_KEYS)
  }
  const message = 'The method is not allowed for the requested URL.'
  return refuse({ status: 405, code: 'method_not_allowed', message })
}

/** As 1.16.1: the code that older versions have for it gets lost there. */
const TOO_MANY_KEYS = {
  status: 400,
  code: 'bad_request',
  message: `Cannot create more than ${MOST_KEYS} API keys for this resource type.`,
} as const

function list(console: SandboxConsole, url: URL): Response {
  const page = Number(url.searchParams.get('page') ?? 1)
  const limit = Number(url.searchParams.get('limit') ?? 20)
  const total = console.apps.length
  const data = console.apps.slice((page - 1) * limit, page * limit).map((app) => ({
    id: console.idOf(app),
    name: app.name,
    description: app.description,
    mode: app.mode,
    icon_type: 'emoji',
    icon: '🏖️',
    icon_background: '#FFEAD5',
    tags: [],
  }))
  return json({ page, limit, total, has_more: page * limit < total, data })
}
