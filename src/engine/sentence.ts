import type { Params, Sentences } from './sentences/words.ts'
import { ACTS } from './sentences/acts.ts'
import { ANSWERS } from './sentences/answers.ts'
import { APP_CHANGES } from './sentences/app-changes.ts'
import { APPS } from './sentences/apps.ts'
import { CONNECTION } from './sentences/connection.ts'
import { DIFY } from './sentences/dify.ts'
import { FIELDS } from './sentences/fields.ts'
import { FILES } from './sentences/files.ts'
import { INTAKE } from './sentences/intake.ts'
import { NOTICES } from './sentences/notices.ts'
import { REQUESTS } from './sentences/requests.ts'
import { RUNS } from './sentences/runs.ts'
import { WORKBOOK } from './sentences/workbook.ts'

/*
 * What Rowbot says to people when something goes wrong. It says so by code and parameters: which sentence, and what goes
 * into it. So it is stored, and each reader has it in their own language. English is here, where the sentences are made;
 * the other languages are in messages/texts/.
 */

/** All sentences in English, by code. */
export const ENGLISH = {
  ...ACTS,
  ...ANSWERS,
  ...APP_CHANGES,
  ...APPS,
  ...CONNECTION,
  ...DIFY,
  ...FIELDS,
  ...FILES,
  ...INTAKE,
  ...NOTICES,
  ...REQUESTS,
  ...RUNS,
  ...WORKBOOK,
} as const satisfies Sentences
type Catalogue = typeof ENGLISH
export type SentenceCode = keyof Catalogue

/** A sentence in no language yet. What goes into it may be another one, or a list. */
export interface Coded {
  code: SentenceCode
  params: Record<string, Param>
}
export type Param = string | number | Coded | Param[]

/**
 * Something said to a person. A string is said as it is: another program's own words, or what an older Rowbot stored.
 */
export type Sentence = Coded | string

/** The sentences of a subject in another language, with the same parameters as in English. */
export type SentencesOf<English extends Sentences> = {
  readonly [C in keyof English]: (params: Params<English[C]>) => string
}
export type SentencesIn = SentencesOf<Catalogue>

/** A string that goes into a sentence may be a sentence itself. */
type Given<T> = {
  [K in keyof T]: T[K] extends string ? T[K] | Coded : T[K] extends string[] ? Sentence[] : T[K]
}
type GivenOf<C extends SentenceCode> =
  Params<Catalogue[C]> extends undefined ? [] : [Given<Params<Catalogue[C]>>]

/** @example say('file-redirects', { address }) */
export function say<C extends SentenceCode>(code: C, ...[params]: GivenOf<C>): Coded {
  // GivenOf says the names and kinds, which Coded does not
  return { code, params: (params ?? {}) as Record<string, Param> }
}

export function inEnglish(sentence: Sentence): string {
  return sentenceIn(ENGLISH, sentence)
}

/** The text of a sentence. */
export function sentenceIn(language: SentencesIn, sentence: Sentence): string {
  if (typeof sentence === 'string') return sentence
  // `say` has checked the parameters against this code, and `readSentence` what was stored
  const write = language[sentence.code] as (params: unknown) => string
  return write(
    Object.fromEntries(Object.entries(sentence.params).map(([name, value]) => [name, written(value)])),
  )

  function written(value: Param): unknown {
    if (Array.isArray(value)) return value.map(written)
    return typeof value === 'object' ? sentenceIn(language, value) : value
  }
}

/** Without a secret, which a server may say back. */
export function without(sentence: Sentence, secret: string): Sentence {
  if (typeof sentence === 'string') return sentence.replaceAll(secret, '…')
  const safe = (param: Param): Param => {
    if (Array.isArray(param)) return param.map(safe)
    if (typeof param === 'object') return { code: param.code, params: safeParams(param) }
    return typeof param === 'string' ? param.replaceAll(secret, '…') : param
  }
  const safeParams = ({ params }: Coded) =>
    Object.fromEntries(Object.entries(params).map(([name, param]) => [name, safe(param)]))
  return { code: sentence.code, params: safeParams(sentence) }
}

/** As it is stored; null: it is only a text. */
export function storedSentence(sentence: Sentence): string | null {
  return typeof sentence === 'string' ? null : JSON.stringify(sentence)
}

/**
 * What `storedSentence` wrote.
 * @param text the same in English: it is said if nothing is stored, or by a newer Rowbot in words that this one lacks
 */
export function readSentence(stored: string | null, text: string): Sentence {
  if (stored === null) return text
  const read = JSON.parse(stored) as Coded // nothing but storedSentence writes that column
  return hasWords(read) ? read : text
}

/** A list of sentences that was stored among other things as JSON; undefined: it is something else, or has one that this Rowbot lacks. */
export function readSentences(value: unknown): Coded[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined
  const all = value.filter((one): one is Coded => isCoded(one) && hasWords(one))
  return all.length === value.length ? all : undefined
}

function isCoded(value: unknown): value is Coded {
  return typeof value === 'object' && value !== null && 'code' in value && 'params' in value
}

function hasWords(param: Param): boolean {
  if (Array.isArray(param)) return param.every(hasWords)
  if (typeof param !== 'object') return true
  return Object.hasOwn(ENGLISH, param.code) && Object.values(param.params).every(hasWords)
}
