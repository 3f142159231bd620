import { Elysia } from 'elysia'
import { type Texts, textsFor } from '../../messages/texts/texts.ts'
import { cookiesOf } from '../sign-in/session.ts'
import { type Identity, identityOf } from '../sign-in/identity.ts'
import type { Requester } from '../../messages/people.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Who looks at a page, and how they want to see it. */
export interface Visitor {
  /** undefined: not signed in */
  identity: Identity | undefined
  /** may change things */
  canAct: boolean
  texts: Texts
  theme: Theme
  /** of this page, with its query: where a form brings them back to */
  path: string
  /** htmx asks: for a part of a page that is shown already */
  isOverPage: boolean
  /** it asks for a piece that is to be had by itself */
  isLivePart: boolean
}

/** Gives every route its `visitor`. */
export function withVisitor() {
  return new Elysia({ name: 'visiting' }).derive({ as: 'scoped' }, ({ request }) => ({
    visitor: visitorOf(request),
  }))
}

export function visitorOf(request: Request): Visitor {
  const { pathname, search } = new URL(request.url)
  const cookies = cookiesOf(request)
  const identity = identityOf(request)
  return {
    identity,
    canAct: identity?.role === 'admin',
    texts: textsFor(cookies.get('rowbot_lang') ?? preferred(request.headers.get('accept-language') ?? '')),
    theme: THEMES.find((theme) => theme === cookies.get('rowbot_theme')) ?? 'auto',
    path: pathname + search,
    isOverPage: request.headers.get('hx-request') === 'true',
    isLivePart:
      request.headers.get('hx-request') === 'true' && request.headers.get('hx-request-type') === 'partial',
  }
}

/** The first language of the browser's list that we have; its list is in order of preference. */
function preferred(list: string): string {
  const tags = list.split(',').map((tag) => tag.split(';')[0]?.trim() ?? '')
  return tags.find((tag) => /^(en|zh)\b/i.test(tag)) ?? 'en'
}

/** Who is signed in, as the wizard and the tasks know people. The page is one place without channels. */
export function requesterOf({ identity, texts }: Visitor): Requester {
  const name = identity?.name ?? ''
  return {
    person: { platform: 'web', team: '', id: name, name, roles: [] },
    place: { platform: 'web', team: '', channel: '' },
    locale: texts.locale,
  }
}
