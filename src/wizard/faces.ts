import type { Draft } from './draft.ts'

/** A message of a chat speaks the language of whom it is for; a page that of who reads it. */
export function readBy({ locale }: { locale: string }, draft: Draft): Draft {
  return draft.place.platform === 'web' ? { ...draft, locale } : draft
}
