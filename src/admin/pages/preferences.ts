import { Elysia } from 'elysia'
import { z } from 'zod'
import { LOCALES } from '../../words/words.ts'
import { preferenceCookie } from '../auth/cookies.ts'
import { localPath } from '../local-path.ts'
import { seeOther } from '../view/html.ts'
import { THEMES } from '../visitor.ts'

const CHOSEN = z.object({
  lang: z.enum(LOCALES).optional(),
  theme: z.enum(THEMES).optional(),
  back: z.string().default('/batch'),
})

/** Language and colours, kept in the browser. */
export function preferencePages({ isHttps }: { isHttps: boolean }) {
  return new Elysia().post(
    '/preferences',
    ({ body: { lang, theme, back } }) => {
      const response = seeOther(localPath(back) ?? '/batch')
      if (lang) response.headers.append('set-cookie', preferenceCookie('lang', lang, isHttps))
      if (theme) response.headers.append('set-cookie', preferenceCookie('theme', theme, isHttps))
      return response
    },
    { body: CHOSEN },
  )
}
