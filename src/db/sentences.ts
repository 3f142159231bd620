import { inEnglish, readSentence, type Sentence, storedSentence } from '../engine/sentence.ts'
import { withoutNul } from './json.ts'

/* A sentence is stored twice: its English, which is searched and compared, and its code and parameters. */

export function errorColumns(error: Sentence) {
  return { error: withoutNul(inEnglish(error)), error_sentence: stored(error) }
}

export const NO_ERROR = { error: null, error_sentence: null }

export function warningColumns(warning: Sentence | null) {
  if (warning === null) return { warning: null, warning_sentence: null }
  return { warning: withoutNul(inEnglish(warning)), warning_sentence: stored(warning) }
}

export function messageColumns(message: Sentence) {
  return { message: withoutNul(inEnglish(message)), message_sentence: stored(message) }
}

export function errorOf(row: { error: string | null; error_sentence: string | null }): Sentence | null {
  return row.error === null ? null : readSentence(row.error_sentence, row.error)
}

export function warningOf(row: { warning: string | null; warning_sentence: string | null }): Sentence | null {
  return row.warning === null ? null : readSentence(row.warning_sentence, row.warning)
}

/** Postgres takes no NUL character in a text. */
function stored(sentence: Sentence): string | null {
  const json = storedSentence(sentence)
  return json === null ? null : json.replaceAll(String.raw`\u0000`, '')
}
