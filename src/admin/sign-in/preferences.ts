import { Elysia } from 'elysia'
import { z } from 'zod'
import { LOCALES } from '../../messages/texts/texts.ts'
import { preferenceCookie } from './cookies.ts'
import { localPath } from '../http/guard.ts'
import { seeOther } from '../view/html.ts'
import { THEMES } from '../http/visitor.ts'

const CHOSEN = z.object({
  lang: z.enum(LOCALES).optional(),
  theme: z.enum(THEMES).optional(),
  back: z.string().default('/batch'),
})

/** Language and colours, stored in a cookie. */
export function preferencePages({ isSecure }: { isSecure: (request: Request) => boolean }) {
  return new Elysia().post(
    '/preferences',
    ({ request, body: { lang, theme, back } }) => {
      const response = seeOther(localPath(back) ?? '/batch')
      if (lang) response.headers.append('set-cookie', preferenceCookie('lang', lang, isSecure(request)))
      if (theme) response.headers.append('set-cookie', preferenceCookie('theme', theme, isSecure(request)))
      return response
    },
    { body: CHOSEN },
  )
}
