import { createHash } from 'node:crypto'
import { type Html, html, htmlResponse } from './html.ts'

/** A part of a page that asks for itself again. */
export interface LivePart {
  id: string
  /** where it is to be had by itself */
  url: string
  everySeconds: number
  body: Html
}

/**
 * The same in a page and by itself. Morphed, so that focus, scroll and what is open stay; with a tag, so that what has
 * not changed is not even sent.
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

/** 304 where the browser has this very piece already. */
export function livePartResponse(request: Request, shown: Html): Response {
  const tag = createHash('sha256').update(shown.value).digest('base64url').slice(0, 16)
  if (request.headers.get('hx-ptag') === tag)
    return new Response(null, { status: 304, headers: { 'hx-ptag': tag, 'cache-control': 'no-store' } })
  return htmlResponse(shown, 200, { 'hx-ptag': tag })
}
