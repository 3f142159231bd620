import type { Actor } from '../../../src/app/actor.ts'
import type { ProviderSettings } from '../../../src/app/provider-settings.ts'
import { addToken } from '../../../src/app/tokens.ts'
import type { AccessRole } from '../../../src/db/schema.ts'
import { createAdmin } from '../../../src/admin/http/app.ts'
import type { Readiness } from '../../../src/admin/options.ts'
import { adminOptionsOf } from '../../../src/serve/admin-options.ts'
import { aBot } from '../../support/bot.ts'

export const ADMIN_TOKEN = 'the-admin-token-of-tests'
export const VIEWER_TOKEN = 'the-viewer-token-of-tests'
export const ORIGIN = 'http://127.0.0.1:8000'

const BOSS: Actor = { face: 'cli', name: 'mei', role: 'admin' }
const WELL: Readiness = { ready: true, parts: { database: 'ok' } }

export type As = 'admin' | 'viewer' | 'nobody'

/** The page over a bot beside a sandbox: requests are handed to it, nothing listens. */
export async function anAdmin(
  options: Parameters<typeof aBot>[0] & {
    health?: () => Readiness | Promise<Readiness>
    provider?: ProviderSettings
    isStopping?: () => boolean
  } = {},
) {
  const { health = () => WELL, provider, isStopping, ...botOptions } = options
  const around = await aBot(botOptions)
  const tokens = { admin: ADMIN_TOKEN, viewer: VIEWER_TOKEN }
  const app = await createAdmin({
    ...adminOptionsOf(around.bot, { tokens, health, ...(isStopping && { isStopping }) }),
    ...(provider && { provider }),
  })

  /** As a browser sends it, signed in. */
  const browse = (path: string, init: RequestInit & { as?: As } = {}) => {
    const { as = 'admin', ...rest } = init
    const headers = new Headers({
      host: '127.0.0.1:8000',
      accept: 'text/html',
      'sec-fetch-site': 'same-origin',
    })
    for (const [name, value] of new Headers(rest.headers)) headers.set(name, value)
    const cookie = cookies[as]
    if (cookie !== undefined && !headers.has('cookie')) headers.set('cookie', cookie)
    return app.handle(new Request(`${ORIGIN}${path}`, { ...rest, headers }))
  }
  /** As a program sends it, with a token. */
  const call = (path: string, init: RequestInit & { as?: As } = {}) => {
    const { as = 'admin', ...rest } = init
    const headers = new Headers({ host: '127.0.0.1:8000', accept: 'application/json' })
    for (const [name, value] of new Headers(rest.headers)) headers.set(name, value)
    const token = { admin: ADMIN_TOKEN, viewer: VIEWER_TOKEN, nobody: undefined }[as]
    if (token !== undefined && !headers.has('authorization')) headers.set('authorization', `Bearer ${token}`)
    return app.handle(new Request(`${ORIGIN}${path}`, { ...rest, headers }))
  }
  const signIn = async (token: string, name: string) => {
    const body = new URLSearchParams({ token, name })
    const { headers } = await browse('/sign-in', { as: 'nobody', method: 'POST', body })
    return (headers.get('set-cookie') ?? '').split(';')[0]
  }
  const cookies: Partial<Record<As, string | undefined>> = {}
  cookies.admin = await signIn(ADMIN_TOKEN, 'Mei')
  cookies.viewer = await signIn(VIEWER_TOKEN, 'Jo')

  /** Somebody with a named token, on the page and as a program. */
  const withToken = async (name: string, role: AccessRole) => {
    const { token, made } = await addToken(around.bot, BOSS, { name, role })
    const cookie = (await signIn(token, 'not my name')) ?? ''
    const given = (init: RequestInit = {}, name: string, value: string): RequestInit & { as: As } => {
      const headers = new Headers(init.headers)
      headers.set(name, value)
      return { ...init, as: 'nobody', headers }
    }
    return {
      id: made.id,
      token,
      cookie,
      browse: (path: string, init?: RequestInit) => browse(path, given(init, 'cookie', cookie)),
      call: (path: string, init?: RequestInit) => call(path, given(init, 'authorization', `Bearer ${token}`)),
    }
  }

  return { ...around, app, browse, call, signIn, withToken }
}

export function form(fields: Record<string, string>): { method: 'POST'; body: URLSearchParams } {
  return { method: 'POST', body: new URLSearchParams(fields) }
}
