import { Elysia } from 'elysia'
import { z } from 'zod'
import { ACCESS_ROLES, addToken, revokeToken, TOKEN_NAME_CHARS } from '../../app/tokens.ts'
import { findToken, listTokens } from '../../db/access/tokens.ts'
import { UserError } from '../../engine/user-error.ts'
import { faultText } from '../../messages/fault-text.ts'
import type { AdminContext } from '../options.ts'
import { type Visitor, withVisitor } from '../http/visitor.ts'
import { actorOf } from '../sign-in/identity.ts'
import { htmlResponse, seeOther } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { question } from '../view/question.ts'
import { accessView, type AccessNotice } from './access-view.ts'

const SENT = z.object({
  name: z
    .string()
    .max(TOKEN_NAME_CHARS * 4)
    .default(''),
  role: z.enum(ACCESS_ROLES).default('runner'),
})
const TOKEN = z.object({ token: z.string().max(100) })

/** Who has access: the named tokens, for admins. */
export function accessPages(context: AdminContext) {
  const { bot, db, assets, clock, http } = context
  return new Elysia()
    .use(withVisitor())
    .get('/access', ({ visitor }) => show(visitor))
    .post(
      '/access',
      async ({ visitor, request, body }) => {
        try {
          const { made, token } = await addToken(bot, actorOf(request), body)
          const origin = http.publicUrl ?? new URL(request.url).origin
          const link = `${origin}/sign-in?${new URLSearchParams({ token }).toString()}`
          // Not a redirect: nothing may keep the token until the next page asks for it.
          return await show(visitor, { made: made.name, token, link }, 201)
        } catch (fault) {
          if (!(fault instanceof UserError)) throw fault
          return show(visitor, { fault: faultText(fault, visitor.texts), typed: body }, 422)
        }
      },
      { body: SENT },
    )
    .get(
      '/access/:token/revoke',
      async ({ visitor, params: { token: id } }) => {
        const found = await findToken(db, { id })
        if (!found) return seeOther('/access')
        const { accessPage: said } = visitor.texts
        const main = question(
          {
            title: said.revokeTitle(found.name),
            text: said.revokeText,
            action: `/access/${found.id}/revoke`,
            yes: said.revoke,
            isDanger: true,
            back: '/access',
            isOverPage: false,
          },
          visitor.texts,
        )
        return htmlResponse(page(assets, visitor, { title: said.revoke, isNarrow: true, main }))
      },
      { params: TOKEN },
    )
    .post(
      '/access/:token/revoke',
      async ({ request, params: { token: id } }) => {
        // Revoked in another tab: what was wanted is so.
        if (await findToken(db, { id })) await revokeToken(bot, actorOf(request), id)
        return seeOther('/access')
      },
      { params: TOKEN },
    )

  async function show(visitor: Visitor, notice: AccessNotice = {}, status = 200): Promise<Response> {
    const main = accessView({ tokens: await listTokens(db), notice, now: clock.now() }, visitor)
    return htmlResponse(page(assets, visitor, { title: visitor.texts.accessPage.title, main }), status)
  }
}
