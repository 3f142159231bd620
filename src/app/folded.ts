/**
 * A text as it is compared: without regard to case, accents, and full or half width. `ＣＡＦÉ` and `café` are the
 * same.
 */
export function folded(text: string): string {
  return text.normalize('NFKD').replaceAll(ACCENTS, '').toLowerCase().replaceAll(ACCENTS, '').normalize('NFC')
}

/** Of Latin, Greek and Cyrillic letters. Other scripts’ marks change the sound, as in か and が. */
const ACCENTS = /[\u0300-\u036f]/g

/** The words of a text, folded: what is between blanks and signs. `Translate · chatflow` has two. */
export function wordsIn(text: string): string[] {
  return folded(text)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '')
}

/** True if a word of the text begins with this; of writing without blanks between words, if it is anywhere in it. */
export function hasWord(words: string[], wanted: string): boolean {
  const isInside = UNSPACED.test(wanted)
  return words.some((word) => (isInside ? word.includes(wanted) : word.startsWith(wanted)))
}

const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u
