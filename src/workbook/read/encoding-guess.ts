import { chardet } from 'jschardet'
import { shareOfOneLanguage } from './alphabets.ts'
import { decodeStrictly } from './decode.ts'

/** One way to read the bytes, with how likely it is: 0 to 1, comparable only with others of the same bytes. */
export interface Likelihood {
  label: string
  text: string
  likelihood: number
}

/**
 * The encodings that are considered: jschardet’s names, and labels of the Encoding Standard. Where two give the same
 * text, it is said to be in the first, unless the second is far likelier.
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
/** how many times likelier that is */
const FAR = 10
/** what remains possible where jschardet rates an encoding at nothing */
const UNRATED = 1e-5
/** what a Japanese text of mostly kana is at least: jschardet does not know texts of katakana alone */
const KANA = 0.1

/** An encoding to consider: jschardet’s name for it, and how to read it. */
export interface EncodingCandidate {
  name: string
  label: string
  /** undefined where the bytes are not in this encoding */
  decode: (bytes: Uint8Array) => string | undefined
}

/** One that the Encoding Standard knows by its label. */
export function standardCandidate(name: string, label: string): EncodingCandidate {
  return { name, label, decode: (bytes) => decodeStrictly(label, bytes) }
}

const OF_TEXTS = LABELS.map(([name, label]) => standardCandidate(name, label))

/**
 * How the bytes can be read, likeliest first, each text once. The statistics of letters are jschardet’s; but it does
 * not look at words, so a reading with words that nobody writes (`Cafй`, `¯ó³ta`) loses its likelihood with them.
 * @param bytes not UTF-8
 */
export function readings(
  bytes: Uint8Array,
  candidates: readonly EncodingCandidate[] = OF_TEXTS,
): Likelihood[] {
  const found = new Map<string, Likelihood>()
  const scores = new Map(
    chardet
      .detectAll(bytes, {
        includeEncodings: candidates.map(({ name }) => name),
        ignoreThreshold: true,
        preferSuperset: false,
        compatNames: false,
      })
      .map(({ encoding, confidence }) => [encoding, confidence]),
  )
  for (const { name, label, decode } of candidates) {
    const text = decode(bytes)
    if (text === undefined) continue
    const rated = Math.max(scores.get(name) ?? UNRATED, isKana(label, text) ? KANA : 0)
    const likelihood = rated * plausibility(text) ** 2 * shareOfOneLanguage(text)
    const same = found.get(text)
    if (same && likelihood < same.likelihood * FAR) same.likelihood = Math.max(same.likelihood, likelihood)
    else found.set(text, { label, text, likelihood })
  }
  return [...found.values()].toSorted((a, b) => b.likelihood - a.likelihood)
}

/** How near the second reading may come, by how many bytes the words beyond ASCII have. */
const MOST_BEHIND = [
  { bytes: 6, most: 0.1 },
  { bytes: 20, most: 0.3 },
  { bytes: 40, most: 0.5 },
  { bytes: Number.POSITIVE_INFINITY, most: 0.7 },
]

/** Whether the first reading may be taken without asking. A single name can be many things; a page cannot. */
export function isSure(bytes: Uint8Array, [first, second]: Likelihood[]): boolean {
  if (!first || first.likelihood < 0.001) return false
  const behind = (second?.likelihood ?? 0) / first.likelihood
  const evidence = bytesOfWords(bytes)
  return behind <= (MOST_BEHIND.find(({ bytes: below }) => evidence < below)?.most ?? 0)
}

/** Each word once: a hundred rows of the same word say no more than one. */
function bytesOfWords(bytes: Uint8Array): number {
  // Every byte is one character here, whatever it means.
  const words = new Set(wordsBeyondAscii(new TextDecoder('windows-1252').decode(bytes)))
  let count = 0
  for (const word of words) count += word.length
  return count
}

function wordsBeyondAscii(text: string): string[] {
  return text.split(/[\s,;|"]+/).filter((word) => BEYOND_ASCII.test(word))
}

const BEYOND_ASCII = /\P{ASCII}/u

/** Other text is hardly ever read as kana by chance, except where it is two or three characters long. */
function isKana(label: string, text: string): boolean {
  if (label !== 'shift_jis' && label !== 'euc-jp') return false
  const kana = text.match(/[\u3041-\u30fe]/g)?.length ?? 0
  return kana >= 4 && kana * 2 >= (text.match(/\P{ASCII}/gu)?.length ?? 0)
}

/** What no word has. */
const ODD = [
  // no text has these: C1 controls, private use, not assigned, replacement
  /[\u0080-\u009f\p{Co}\p{Cn}\ufffd]/u,
  // two alphabets in one word
  /[\p{Script=Latin}ªº]\p{M}*[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}]/u,
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}]\p{M}*[\p{Script=Latin}ªº]/u,
  // a Chinese character or narrow kana between or after small Latin letters
  /[a-z][\p{Script=Han}\uff61-\uff9f][a-z]|[a-z]{2}[\p{Script=Han}\uff61-\uff9f]$/u,
  // an accent over a letter that never has it
  /\p{Script=Latin}[\u0300\u0301\u0303\u0309\u0323]/u,
  // a symbol in the middle of a word
  /\p{L}[¡-©«-´¶¸-¹»-¿×÷ˇ˘˙˛˝†‡‰‹›™₫]\p{L}/u,
  // a capital after a small letter, or small letters after two capitals
  /\p{Ll}\p{M}*(?![A-Z])\p{Lu}|(?![a-z])\p{Ll}\p{M}*\p{Lu}/u,
  /(?![A-Z])\p{Lu}(?![A-Z])\p{Lu}\p{Ll}{2}/u,
]

/** The share of the words beyond ASCII that look like words. */
function plausibility(text: string): number {
  const words = wordsBeyondAscii(text)
  const odd = words.filter((word) => ODD.some((pattern) => pattern.test(word))).length
  return words.length === 0 ? 1 : 1 - odd / words.length
}
