import { Elysia } from 'elysia'
import { z } from 'zod'
import { endOwnLink, LINK_FOLDER, noteLinkUse, openLink } from '../../app/result-links.ts'
import { listZippedFiles } from '../../app/result-files.ts'
import { resultResponse } from '../http/download.ts'
import { filesZipResponse } from '../http/output-file.ts'
import type { AdminContext } from '../options.ts'
import { Attempts } from '../sign-in/attempts.ts'
import { type Html, htmlResponse } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { type Visitor, visitorOf } from '../http/visitor.ts'
import { endedView, linkView, waitView } from './link-view.ts'

const FORMAT = z.object({ format: z.enum(['own', 'csv']).default('own') })

/**
 * Links to results, which work without a sign-in: see app/result-links.ts.
 *
 * The link itself shows a page with buttons, and the buttons lead to the files: programs that preview links in chats or
 * scan them in mails open no more than the page, so they neither get a file nor count as a use. The buttons are links,
 * not forms, because opening them changes nothing, and so a broken download can be repeated.
 */
export function linkPages(context: AdminContext & { addressOf: (request: Request) => string }) {
  const { bot, db, clock, assets, files, addressOf } = context
  const attempts = new Attempts(() => clock.now())
  return new Elysia()
    .get(`${LINK_FOLDER}:token`, ({ params: { token }, request }) =>
      opened(request, token, async (found) => {
        const hasFiles = (await listZippedFiles(db, found.task.id)).length > 0
        return shown(request, (visitor) => linkView({ ...found, token, hasFiles }, visitor))
      }),
    )
    .get(
      `${LINK_FOLDER}:token/result`,
      ({ params: { token }, query: { format }, request }) =>
        opened(request, token, async (found) => {
          if (request.method === 'HEAD') return new Response(null)
          const response = await resultResponse(found.task, format, context)
          await noteLinkUse(bot, found, format === 'csv' ? 'CSV' : 'result')
          return response
        }),
      { query: FORMAT },
    )
    .get(`${LINK_FOLDER}:token/files.zip`, ({ params: { token }, request }) =>
      opened(request, token, async (found) => {
        if (request.method === 'HEAD') return new Response(null)
        const response = await filesZipResponse(found.task, db, files)
        await noteLinkUse(bot, found, 'files')
        return response
      }),
    )
    .post(`${LINK_FOLDER}:token/end`, ({ params: { token }, request }) =>
      opened(request, token, async (found) => {
        await endOwnLink(bot, found)
        return ended(request, 200)
      }),
    )

  /**
   * Wrong tokens are counted by address. A right one is never refused for that: behind a proxy all have one address, and
   * among 2²⁵⁶ tokens nobody finds one, at whatever speed; the limit is for the database.
   */
  async function opened(
    request: Request,
    token: string,
    answer: (found: NonNullable<Awaited<ReturnType<typeof openLink>>>) => Promise<Response>,
  ): Promise<Response> {
    const found = await openLink(bot, token)
    if (found) return guarded(await answer(found))
    const wait = attempts.wrong(addressOf(request), token)
    if (wait === 0) return ended(request, 404)
    const response = shown(request, (visitor) => waitView(wait, visitor), 429)
    response.headers.set('retry-after', String(wait))
    return guarded(response)
  }

  /** The same for a link that has ended and for one that there never was. */
  function ended(request: Request, status: number): Response {
    return guarded(shown(request, endedView, status))
  }

  /** As for somebody who is not signed in, whoever it is: the page shows no more than the link gives. */
  function shown(request: Request, view: (visitor: Visitor) => Html, status = 200): Response {
    const stranger = {
      ...visitorOf(request),
      identity: undefined,
      canAct: false,
      seesAll: false,
      canManage: false,
    }
    const { title } = stranger.texts.largeFiles.page
    return htmlResponse(page(assets, stranger, { title, isNarrow: true, main: view(stranger) }), status)
  }
}

/** The address is a secret: nobody may store it, list it, or hear of it from the page. */
function guarded(response: Response): Response {
  response.headers.set('cache-control', 'no-store')
  response.headers.set('referrer-policy', 'no-referrer')
  response.headers.set('x-robots-tag', 'noindex, nofollow, noarchive')
  return response
}
