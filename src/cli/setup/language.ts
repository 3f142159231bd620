import { type Texts, textsFor } from '../../messages/texts/texts.ts'

/** The texts in the language of a terminal, as programs of a system find it: LC_ALL, then LC_MESSAGES, then LANG. */
export function textsOfTerminal(env: Record<string, string | undefined> = process.env): Texts {
  return textsFor(env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || 'en')
}
