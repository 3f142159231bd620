import { chardet } from 'jschardet'
import { decodeStrictly } from './decode.ts'

/** One way to read the bytes, with how likely it is: 0 to 1, comparable only with others of the same bytes. */
export interface Likelihood {
  label: string
  text: string
  likelihood: number
}

/**
 * The encodings that are considered: jschardet’s names, and labels of the Encoding Standard. Where two give the same
 * text, it is said to be in the first.
 */
const LABELS: readonly [name: string, label: string][] = [
  ['cp1252', 'windows-1252'],
  ['gb18030', 'gb18030'],
  ['cp932', 'shift_jis'],
  ['cp949', 'euc-kr'],
  ['big5hkscs', 'big5'],
  ['euc_jis_2004', 'euc-jp'],
  ['cp1251', 'windows-1251'],
  ['cp1250', 'windows-1250'],
  ['cp1254', 'windows-1254'],
  ['cp1253', 'windows-1253'],
  ['cp1255', 'windows-1255'],
  ['cp1256', 'windows-1256'],
  ['cp1257', 'windows-1257'],
  ['cp1258', 'windows-1258'],
  ['cp874', 'windows-874'],
  ['koi8-r', 'koi8-r'],
]
/** what remains possible where jschardet rates an encoding at nothing */
const UNRATED = 1e-5
const NAMES = LABELS.map(([name]) => name)

/**
 * How the bytes can be read, likeliest first, each text once. The statistics of letters are jschardet’s; but it does
 * not look at words, so a reading with words that nobody writes (`Cafй`, `¯ó³ta`) loses its likelihood with them.
 * @param bytes not UTF-8
 */
export function readings(bytes: Uint8Array): Likelihood[] {
  const found = new Map<string, Likelihood>()
  const scores = new Map(
    chardet
      .detectAll(bytes, {
        includeEncodings: NAMES,
        ignoreThreshold: true,
        preferSuperset: false,
        compatNames: false,
      })
      .map(({ encoding, confidence }) => [encoding, confidence]),
  )
  for (const [name, label] of LABELS) {
    const text = decodeStrictly(label, bytes)
    if (text === undefined) continue
    const likelihood = (scores.get(name) ?? UNRATED) * plausibility(text) ** 2
    const same = found.get(text)
    if (same) same.likelihood = Math.max(same.likelihood, likelihood)
    else found.set(text, { label, text, likelihood })
  }
  return [...found.values()].toSorted((a, b) => b.likelihood - a.likelihood)
}

/** How near the second reading may come, by how many bytes the words beyond ASCII have. */
const MOST_BEHIND = [
  { bytes: 6, most: 0.1 },
  { bytes: 16, most: 0.3 },
  { bytes: 32, most: 0.5 },
  { bytes: Number.POSITIVE_INFINITY, most: 0.7 },
]

/** Whether the first reading may be taken without asking. A single name can be many things; a page cannot. */
export function isSure(bytes: Uint8Array, [first, second]: Likelihood[]): boolean {
  if (!first || first.likelihood < 0.001) return false
  const behind = (second?.likelihood ?? 0) / first.likelihood
  const evidence = bytesOfWords(bytes)
  return behind <= (MOST_BEHIND.find(({ bytes: below }) => evidence < below)?.most ?? 0)
}

/** Each word once, without the delimiters around it. */
function bytesOfWords(bytes: Uint8Array): number {
  const words = new Set(new TextDecoder('latin1').decode(bytes).match(/[^\s,;|"]*[\x80-\xff][^\s,;|"]*/g))
  let count = 0
  for (const word of words) count += word.length
  return count
}

const WORDS = /[\p{L}\p{M}\p{N}]*\P{ASCII}[^\s,;|"]*/gu
const ODD = [
  // no text has these: C1 controls, private use, not assigned, replacement
  /[\u0080-\u009f\p{Co}\p{Cn}\ufffd]/u,
  // two alphabets in one word
  /[\p{Script=Latin}ªº]\p{M}*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}]/u,
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}]\p{M}*[\p{Script=Latin}ªº]/u,
  // a Chinese character or narrow kana between or after small Latin letters
  /[a-z][\p{Script=Han}\uff61-\uff9f][a-z]|[a-z]{2}[\p{Script=Han}\uff61-\uff9f]$/u,
  // a symbol in the middle of a word
  /\p{L}[¡-©«-´¶¸-¹»-¿×÷ˇ˘˙˛˝†‡‰‹›™]\p{L}/u,
  // a capital after a small letter
  /\p{Ll}\p{M}*(?![A-Z])\p{Lu}|(?![a-z])\p{Ll}\p{M}*\p{Lu}/u,
]

/** The share of the words beyond ASCII that look like words. */
function plausibility(text: string): number {
  let words = 0
  let odd = 0
  for (const [word] of text.matchAll(WORDS)) {
    words++
    if (ODD.some((pattern) => pattern.test(word))) odd++
  }
  return words === 0 ? 1 : 1 - odd / words
}
