import type { Draft } from './draft.ts'

/** A message of a chat speaks the language of whom it is for; a page that of who reads it. */
export function readBy({ locale }: { locale: string }, draft: Draft): Draft {
  return draft.place.platform === 'web' ? { ...draft, locale } : draft
}

/** A page shows how things are when it is asked for: nothing of it has to be brought up to date. */
export function hasMessage({ place }: Draft): boolean {
  return place.platform !== 'web'
}
