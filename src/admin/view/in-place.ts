import { type Html, html } from './html.ts'

/**
 * Makes a form show, in place, the region of the page that it leads back to: scroll, filters and what is open stay.
 * Without script the same form leads to the same page.
 */
export function inPlace(action: string, back: string): Html {
  const region = back.startsWith('/batch/') ? '#live' : '#tasks'
  return html`hx-post="${action}" hx-target="${region}" hx-select="${region}" hx-swap="outerMorph"`
}

/** Of a link that asks for a piece of another page into the dialog; a page of its own without script. */
export function inDialog(path: string): Html {
  return html`href="${path}" hx-get="${path}" hx-target="#dialog" hx-select="#question"`
}
