import type { UserError } from '../engine/user-error.ts'
import type { Texts } from './texts/texts.ts'

/** An error that a person can fix: what is wrong and what to do about it, in their language. */
export function faultText({ says: { message, hint } }: UserError, { say, locale }: Texts): string {
  if (hint === undefined) return say(message)
  return `${say(message)}${locale === 'en' ? ' ' : ''}${say(hint)}`
}

/** The same where the two stand apart. */
export function faultParts({ says: { message, hint } }: UserError, { say }: Texts) {
  return { message: say(message), hint: hint === undefined ? undefined : say(hint) }
}
