import { Elysia } from 'elysia'
import { z } from 'zod'
import { ACCESS_ROLES, addToken, revokeToken, TOKEN_NAME_CHARS } from '../../app/tokens.ts'
import { type AccessToken, findToken, listTokens } from '../../db/access/tokens.ts'
import { say } from '../../engine/sentence.ts'
import { HttpFault } from '../http/fault.ts'
import type { AdminContext } from '../options.ts'
import { bodyOf } from './names.ts'
import { faults, programOf } from './requests.ts'

const ROLE = z.enum(ACCESS_ROLES)
const TOKEN_ID = z.object({ token_id: z.string() })
const TOKEN = z
  .object({
    token_id: z.string(),
    name: z.string(),
    role: ROLE,
    made_at: z.iso.datetime(),
    made_by: z.string(),
    used_at: z.iso.datetime().nullable().describe('to the minute; null: never'),
    revoked_at: z.iso.datetime().nullable().describe('null: it works'),
    revoked_by: z.string().nullable(),
  })
  .meta({ id: 'Token' })
const NEW = bodyOf({
  name: z
    .string()
    .trim()
    .min(1)
    .max(TOKEN_NAME_CHARS)
    .describe('of the person or program that is to have it'),
  role: ROLE.default('runner'),
})
const detail = (summary: string, description?: string) => ({
  tags: ['Access'],
  summary,
  ...(description !== undefined && { description }),
})

/** Named tokens, for admins. */
export function tokenRoutes({ db, bot }: AdminContext) {
  return new Elysia()
    .get('/api/tokens', async () => ({ items: (await listTokens(db)).map(tokenJson) }), {
      response: { 200: z.object({ items: z.array(TOKEN) }) },
      detail: detail('Named tokens', 'Those that work first. For admins.'),
    })
    .post(
      '/api/tokens',
      async ({ body, request, status }) => {
        const { made, token } = await addToken(bot, programOf(request), body)
        return status(201, { ...tokenJson(made), token })
      },
      {
        body: NEW,
        response: {
          201: TOKEN.extend({ token: z.string().describe('shown this once') }),
          ...faults(409),
        },
        detail: detail('Make a token', 'For one person or program, with a role. For admins.'),
      },
    )
    .delete(
      '/api/tokens/:token_id',
      async ({ params: { token_id }, request }) => {
        if (!(await findToken(db, { id: token_id })))
          throw new HttpFault('not_found', say('no-such-token', { name: token_id }), say('do-list-tokens'))
        return tokenJson(await revokeToken(bot, programOf(request), token_id))
      },
      {
        params: TOKEN_ID,
        response: { 200: TOKEN, ...faults(404) },
        detail: detail('Revoke a token', 'At once, with the sessions that it has opened. For admins.'),
      },
    )
}

function tokenJson(token: AccessToken): z.output<typeof TOKEN> {
  const { id, name, role, madeAt, madeBy, usedAt, revokedAt, revokedBy } = token
  const iso = (at: number) => new Date(at).toISOString()
  return {
    token_id: id,
    name,
    role,
    made_at: iso(madeAt),
    made_by: madeBy,
    used_at: usedAt === null ? null : iso(usedAt),
    revoked_at: revokedAt === null ? null : iso(revokedAt),
    revoked_by: revokedBy,
  }
}
