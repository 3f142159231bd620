import { type Coded, inEnglish } from '../../src/engine/sentence.ts'

/** The same value with every sentence in it as its English text, so that a test can name what a person reads. */
export function spoken(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spoken)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  if (isCoded(value)) return inEnglish(value)
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, spoken(part)]))
}

function isCoded(value: object): value is Coded {
  return Object.keys(value).toSorted().join() === 'code,params'
}
