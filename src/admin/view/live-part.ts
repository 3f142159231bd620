import { createHash } from 'node:crypto'
import { type Html, html, htmlResponse } from './html.ts'

/** A part of a page that reloads itself. */
export interface LivePart {
  id: string
  /** where it can be loaded by itself */
  url: string
  everySeconds: number
  body: Html
}

/**
 * The same HTML in the page and by itself. It is morphed, so focus, scroll position and open menus stay, and it has
 * an ETag, so an unchanged part is not sent again.
 */
export function livePart({ id, url, everySeconds, body }: LivePart): Html {
  return html`<div
    id="${id}"
    data-live
    hx-get="${url}"
    hx-trigger="every ${everySeconds}s"
    hx-swap="outerMorph"
    hx-sync="this:drop"
  >
    ${body}
  </div>`
}

/** 304 if the browser already has this version. */
export function livePartResponse(request: Request, shown: Html): Response {
  const tag = createHash('sha256').update(shown.value).digest('base64url').slice(0, 16)
  if (request.headers.get('hx-ptag') === tag)
    return new Response(null, { status: 304, headers: { 'hx-ptag': tag, 'cache-control': 'no-store' } })
  return htmlResponse(shown, 200, { 'hx-ptag': tag })
}
