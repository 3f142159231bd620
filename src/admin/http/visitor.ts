import { Elysia } from 'elysia'
import { type Texts, textsFor } from '../../messages/texts/texts.ts'
import { cookiesOf } from '../sign-in/cookies.ts'
import { type Identity, identityOf } from '../sign-in/identity.ts'
import type { Requester } from '../../messages/people.ts'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

/** Who opens a page, and how they want to see it. */
export interface Visitor {
  /** undefined: not signed in */
  identity: Identity | undefined
  /** may start tasks and act on those that they see */
  canAct: boolean
  /** sees everybody’s tasks, the workflows, usage and audit */
  seesAll: boolean
  /** may change workflows, limits and who has access */
  canManage: boolean
  texts: Texts
  theme: Theme
  /** this page’s path and query, where forms return to */
  path: string
  /** htmx asks for a part of a page that is already open */
  isOverPage: boolean
  /** it asks for a live part, which has a URL of its own */
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
    canAct: identity?.role === 'admin' || identity?.role === 'runner',
    seesAll: identity?.role === 'admin' || identity?.role === 'viewer',
    canManage: identity?.role === 'admin',
    texts: textsFor(cookies.get('rowbot_lang') ?? preferred(request.headers.get('accept-language') ?? '')),
    theme: THEMES.find((theme) => theme === cookies.get('rowbot_theme')) ?? 'auto',
    path: pathname + search,
    isOverPage: request.headers.get('hx-request') === 'true',
    isLivePart:
      request.headers.get('hx-request') === 'true' && request.headers.get('hx-request-type') === 'partial',
  }
}

/** The first language of the browser’s list, in order of preference, that we have. */
function preferred(list: string): string {
  const tags = list.split(',').map((tag) => tag.split(';')[0]?.trim() ?? '')
  return tags.find((tag) => /^(en|zh)\b/i.test(tag)) ?? 'en'
}

/** The visitor as the wizard and the tasks know people. The page counts as one place without channels. */
export function requesterOf({ identity, texts }: Visitor): Requester {
  const { name = '', personId = '', role } = identity ?? {}
  return {
    // With its role: a runner may run what everybody may, and act on what is their own.
    person: { platform: 'web', team: '', id: personId, name, roles: role === 'runner' ? [role] : [] },
    place: { platform: 'web', team: '', channel: '' },
    locale: texts.locale,
  }
}
