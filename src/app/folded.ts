/**
 * A text as it is compared: without regard to case, accents, and full or half width. `ＣＡＦÉ` and `café` are the
 * same.
 */
export function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(ACCENTS, '').toLowerCase().replaceAll(ACCENTS, '').normalize('NFC')
}

/** Of Latin, Greek and Cyrillic letters. Other scripts’ marks change the sound, as in か and が. */
const ACCENTS = /[\u0300-\u036f]/g

/** The words of what somebody typed, folded. Signs alone, as the dot in `Translate · chatflow`, are no words. */
export function wordsIn(typed: string): string[] {
  return folded(typed)
    .split(/\s+/)
    .map((word) => word.replaceAll(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '')
}
