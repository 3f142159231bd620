import { later } from '../../support/bot.ts'
import type { APage, PageOptions } from '../../support/browser/browser.ts'
import { ADMIN_TOKEN, anAdmin, VIEWER_TOKEN } from './admin.ts'

/** The page, really listening, for a browser: everybody comes through the link with the token. */
export async function served(options: Parameters<typeof anAdmin>[0] = {}) {
  const around = await anAdmin(options)
  around.app.listen({ hostname: '127.0.0.1', port: 0 })
  later(() => around.app.stop(true))
  const baseURL = `http://127.0.0.1:${around.app.server?.port}`

  /** A browser that is signed in and shows `path`. */
  const open = async (
    aPage: APage,
    path: string,
    more: Omit<PageOptions, 'baseURL'> & { as?: 'admin' | 'viewer' } = {},
  ) => {
    const { as = 'admin', ...pageOptions } = more
    const visit = await aPage({ baseURL, ...pageOptions })
    await visit.page.goto(`/sign-in?token=${as === 'admin' ? ADMIN_TOKEN : VIEWER_TOKEN}`)
    if (path !== '/batch') await visit.page.goto(path)
    return visit
  }
  return { ...around, baseURL, open }
}
