import { z } from 'zod'
import { clip } from '../../messages/rich-text.ts'
import { MAX_SEARCH_CHARS } from '../../wizard/forms.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { html, type Html } from './html.ts'

/** Fewer are seen at a glance: they need no search. */
export const SEARCHED_FROM = 8

export const SEARCH_QUERY = z.object({ q: z.string().optional().catch(undefined) })

/** What was typed into the search, as far as it is used. */
export function searchTyped(text: string | undefined): string {
  return clip((text ?? '').trim(), MAX_SEARCH_CHARS)
}

export function foundText(count: number, typed: string, { wizard: { pick } }: Texts): string {
  return count === 0 ? pick.nothing(typed) : pick.found(count, typed)
}

export interface SearchField {
  /** of the page that shows what was found */
  path: string
  /** the part of that page that is replaced as one types */
  target: `#${string}`
  typed: string
  label: string
  hint: string
}

/** A search that filters a list as one types; without script, a form. The arrow keys lead from it into the list. */
export function searchField({ path, target, typed, label, hint }: SearchField, { page }: Texts): Html {
  return html`<form class="find" method="get" action="${path}" role="search" autocomplete="off">
    <label for="find">${label}</label>
    <input
      id="find"
      name="q"
      type="search"
      value="${typed}"
      maxlength="${MAX_SEARCH_CHARS}"
      placeholder="${hint}"
      ${typed === '' ? '' : html`autofocus`}
      hx-get="${path}"
      hx-trigger="input changed delay:120ms"
      hx-target="${target}"
      hx-select="${target}"
      hx-swap="outerMorph"
      data-find
    />
    <noscript><button class="outline">${page.list.filter}</button></noscript>
  </form>`
}
