import { writingSystemOf, type WritingSystem } from './writing-system.ts'
import { isRefusal } from './refusals.ts'

/** What judging needs to know of one value, without its text. */
export interface Traits {
  /** characters, without blanks around; 0: empty */
  length: number
  /** of the text, with blanks and case evened out; two equal texts have the same */
  hash: number
  /** a JSON object or array, as a value or as text */
  isJson: boolean
  /** ends as a sentence, a list, a table or a link does */
  isClosed: boolean
  isRefusal: boolean
  script: WritingSystem | undefined
  /** the text itself, if it is short enough to be one of a few values */
  short: string | undefined
}

const SHORT = 40
/** Of longer texts only the beginning and the end are hashed. */
const HASHED = 4_000

export function traitsOf(value: unknown): Traits {
  const isObject = typeof value === 'object' && value !== null
  const text = textOf(value).trim()
  const isJson = (isObject && text !== '') || isJsonText(text)
  return {
    length: text.length,
    hash: hashOf(text),
    isJson,
    isClosed: isJson || isClosed(text),
    isRefusal: !isObject && isRefusal(text),
    script: isJson ? undefined : writingSystemOf(text),
    short: !isJson && text.length > 0 && text.length <= SHORT ? text : undefined,
  }
}

/** The same for texts that differ only in blanks and case. */
export function hashOf(text: string): number {
  const ends =
    text.length <= HASHED ? text : `${text.slice(0, HASHED / 2)}${text.slice(-HASHED / 2)}${text.length}`
  return digestOf(ends.trim().toLowerCase().replaceAll(/\s+/g, ' '))
}

/** 53 bits, which a number holds: with a bigint, counting how many are equal takes several times as long. */
export function digestOf(text: string): number {
  return Number(Bun.hash(text))
}

/** Traits of values that many rows have, such as labels and numbers, are worked out once. For one task. */
export function rememberedTraits(): (value: unknown) => Traits {
  const remembered = new Map<unknown, Traits>()
  return (value) => {
    const isShort = typeof value === 'string' ? value.length <= REMEMBERED_CHARS : typeof value !== 'object'
    if (!isShort) return traitsOf(value)
    const before = remembered.get(value)
    if (before) return before
    const traits = traitsOf(value)
    if (remembered.size < MOST_REMEMBERED) remembered.set(value, traits)
    return traits
  }
}

const REMEMBERED_CHARS = 60
const MOST_REMEMBERED = 1_000

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === null || value === undefined) return ''
  // Of `[]`, `{}` and lists of nothing there is nothing to read.
  if (typeof value === 'object' && Object.values(value).every((one) => one === null || one === '')) return ''
  return JSON.stringify(value)
}

const FENCE = /^```(?:json)?\s*([\s\S]*?)\s*```$/i

/** Models put JSON into a code fence. */
function isJsonText(text: string): boolean {
  const bare = FENCE.exec(text)?.[1] ?? text
  if (!/^[[{][\s\S]*[\]}]$/.test(bare)) return false
  try {
    JSON.parse(bare)
    return true
  } catch {
    return false
  }
}

const LAST_LINE = /[^\n]*$/
/** Of sentences in any script, quotes and brackets, Markdown, and symbols such as emoji. */
const END =
  /(?:[.!?…。！？．｡؟।。~～*_`"'”’»」』）)\]】}>|:：;；%°€$¥£+=/\\-]|\p{S}|\p{Extended_Pictographic}\uFE0F?)$/u
/** Of a list, a table or a quote; `Brand: Acme` of a list of facts. */
const NO_SENTENCE =
  /^\s*(?:[-*+•·–▪◦]|\d{1,3}[.)、]|[a-z][.)]|#{1,6}\s|\||>|[^\s:：][^:：]{0,40}[:：](?!\/\/))/iu
const LINK_OR_TAG = /(?:https?:\/\/\S+|#[\p{L}\p{N}_]+)$/u
/** Shorter last lines are signatures, verses, headings. Han characters say more in less room. */
const SENTENCE_LENGTH = 60
const HAN = /\p{Script=Han}/u

/** Only a last line that is a long sentence, or that ends with a comma, can have been cut. */
export function isClosed(text: string): boolean {
  if (text === '' || END.test(text) || LINK_OR_TAG.test(text)) return true
  const line = LAST_LINE.exec(text.slice(-1_000))?.[0] ?? ''
  if (/[,，、]$/.test(line)) return false
  return line.length < SENTENCE_LENGTH / (HAN.test(line) ? 3 : 1) || NO_SENTENCE.test(line)
}
