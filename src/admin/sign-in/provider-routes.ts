import { Elysia } from 'elysia'
import { z } from 'zod'
import { audit } from '../../app/audit.ts'
import { UserError } from '../../engine/user-error.ts'
import { say } from '../../engine/sentence.ts'
import { faultText } from '../../messages/fault-text.ts'
import { localPath } from '../http/guard.ts'
import { type Visitor, withVisitor } from '../http/visitor.ts'
import { htmlResponse, seeOther } from '../view/html.ts'
import { cookie, cookiesOf, sessionCookie } from './cookies.ts'
import { actorOfIdentity } from './identity.ts'
import { PENDING_MINUTES, pendingIn } from './provider.ts'
import type { SignInOptions } from './sign-in-routes.ts'
import { signInView } from './sign-in-view.ts'

const PENDING_COOKIE = 'rowbot_provider'
/** A cookie holds no more than 4 KB. */
const NEXT = z.object({ next: z.string().max(1_000).optional().catch(undefined) })
const CALLBACK = '/sign-in/callback'

/** Signs in with the provider in the settings; without one, both lead to the sign-in with a token. */
export function providerPages(options: SignInOptions) {
  const { sessions, provider, isSecure, clock, bot, http } = options
  return new Elysia()
    .use(withVisitor())
    .get(
      '/sign-in/provider',
      ({ visitor, query: { next = '' }, request }) => {
        if (!provider) return seeOther('/sign-in')
        return orFaultPage(visitor, next, async () => {
          const { to, pending } = await provider.begin(redirectUri(request), next)
          const sealed = bot.box.seal(JSON.stringify(pending))
          const kept = cookie(PENDING_COOKIE, sealed, PENDING_MINUTES * 60, isSecure(request))
          return new Response(null, { status: 303, headers: { location: to.href, 'set-cookie': kept } })
        })
      },
      { query: NEXT },
    )
    .get(CALLBACK, ({ visitor, request }) => {
      if (!provider) return seeOther('/sign-in')
      const sealed = cookiesOf(request).get(PENDING_COOKIE)
      const pending = pendingIn(sealed, (text) => bot.box.open(text), clock.now())
      return orFaultPage(visitor, pending?.next ?? '', async () => {
        if (!pending) throw new UserError(say('provider-too-late'), say('do-try-again'))
        const url = new URL(redirectUri(request))
        url.search = new URL(request.url).search
        const { id, hours, session } = await sessions.begin(await provider.finish(url, pending))
        await audit(options, actorOfIdentity({ ...session, by: 'cookie' }, 'page'), { action: 'sign-in' })
        const response = seeOther(localPath(pending.next) ?? '/batch')
        response.headers.append('set-cookie', sessionCookie(id, isSecure(request), hours))
        response.headers.append('set-cookie', cookie(PENDING_COOKIE, '', 0, isSecure(request)))
        return response
      })
    })

  /** As it is registered with the provider: by the public URL, if there is one. */
  function redirectUri(request: Request): string {
    return `${http.publicUrl ?? new URL(request.url).origin}${CALLBACK}`
  }

  /** A fault is told on the sign-in page, where one can try again, or sign in with a token. */
  async function orFaultPage(
    visitor: Visitor,
    next: string,
    work: () => Promise<Response>,
  ): Promise<Response> {
    try {
      return await work()
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      return htmlResponse(signInView(options, visitor, { next, fault: faultText(fault, visitor.texts) }), 403)
    }
  }
}
