import { Elysia } from 'elysia'
import { z } from 'zod'
import { audit } from '../../app/audit.ts'
import type { Attempts } from './attempts.ts'
import { cookiesOf, noSessionCookie, SESSION_COOKIE, sessionCookie } from './cookies.ts'
import type { Sessions } from './session.ts'
import { actorOf, actorOfIdentity } from './identity.ts'
import type { Assets } from '../assets.ts'
import { localPath } from '../http/guard.ts'
import type { AdminOptions } from '../options.ts'
import { type Html, htmlResponse, seeOther } from '../view/html.ts'
import type { Provider } from './provider.ts'
import { type SignInAsked, signInView } from './sign-in-view.ts'
import { type Visitor, withVisitor } from '../http/visitor.ts'

export interface SignInOptions extends Pick<AdminOptions, 'db' | 'clock' | 'log' | 'bot' | 'http'> {
  assets: Assets
  /** undefined: none is set up */
  provider: Provider | undefined
  sessions: Sessions
  attempts: Attempts
  /** the browser has asked over https, so cookies may be Secure */
  isSecure: (request: Request) => boolean
  addressOf: (request: Request) => string
}

const ASKED = z.object({ next: z.string().optional(), token: z.string().optional() })
const SENT = z.object({ token: z.string(), name: z.string().default(''), next: z.string().default('') })

/** True if a person clicked or typed. Requests that another site’s page makes by itself must not use up the tries. */
function isOpened(request: Request): boolean {
  return (request.headers.get('sec-fetch-dest') ?? 'document') === 'document'
}

/**
 * Signs in with a token and a name. A link with the token signs in at once, without a name, and redirects, so that
 * the token stays out of the address bar and the history.
 */
export function signInPages(options: SignInOptions) {
  const { sessions, attempts, isSecure, addressOf, log } = options
  return new Elysia()
    .use(withVisitor())
    .get(
      '/sign-in',
      ({ visitor, query, request }) =>
        query.token === undefined || !isOpened(request)
          ? htmlResponse(view(visitor, { next: query.next ?? '' }))
          : enter(visitor, request, { token: query.token, name: '', next: query.next ?? '' }),
      { query: ASKED },
    )
    .post('/sign-in', ({ visitor, body, request }) => enter(visitor, request, body), { body: SENT })
    .post('/sign-out', async ({ request }) => {
      await audit(options, actorOf(request), { action: 'sign-out' })
      await sessions.end(cookiesOf(request).get(SESSION_COOKIE) ?? '')
      return seeOther('/sign-in', { 'set-cookie': noSessionCookie(isSecure(request)) })
    })

  async function enter(
    visitor: Visitor,
    request: Request,
    { token, name, next }: z.output<typeof SENT>,
  ): Promise<Response> {
    const { signIn } = visitor.texts.page
    const address = addressOf(request)
    const holder = await sessions.holderOf(token.trim())
    if (!holder) {
      const wait = attempts.wrong(address, token.trim())
      if (wait > 0) {
        const refused = view(visitor, { next, fault: signIn.wait(wait) })
        return htmlResponse(refused, 429, { 'retry-after': String(wait) })
      }
      log.warn({ address }, 'somebody tried to sign in with a wrong token')
      return htmlResponse(view(visitor, { next, fault: signIn.wrong }), 401)
    }
    const { id, hours, session } = await sessions.begin(holder, name)
    await audit(options, actorOfIdentity({ ...session, by: 'cookie' }, 'page'), { action: 'sign-in' })
    const cookie = sessionCookie(id, isSecure(request), hours)
    return seeOther(localPath(next) ?? '/batch', { 'set-cookie': cookie })
  }

  function view(visitor: Visitor, asked: SignInAsked): Html {
    return signInView(options, visitor, asked)
  }
}
