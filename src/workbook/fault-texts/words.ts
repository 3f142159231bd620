import { type Fault, type FaultCode, OTHERS } from '../fault.ts'

/** What is wrong and, if it is not obvious, what to do. */
export interface FaultText {
  message: string
  hint?: string
}

/** How each fault is said. */
export type FaultTexts = { [C in FaultCode]: (fault: Extract<Fault, { code: C }>) => FaultText }

/** How many characters of a person’s cell a message quotes at most. */
const QUOTED_CHARS = 40
const LISTED = 12

export function say(message: string, hint?: string): FaultText {
  return hint === undefined ? { message } : { message, hint }
}

/** `“A”, “B” and “C”` */
export function quotedList(names: string[]): string {
  const quoted = names.map((name) => `“${name}”`)
  if (quoted.length > LISTED) return list(quoted)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`
}

export function didYouMean(guess: string | undefined): string | undefined {
  return guess === undefined ? undefined : `Did you mean “${guess}”?`
}

export function most({ length, upTo }: { length: number; upTo?: boolean }): string {
  return upTo ? `Up to ${count(length)}` : count(length)
}

export function count(number: number): string {
  return number.toLocaleString('en')
}

export function quote(value: string): string {
  if (value === OTHERS) return 'The value'
  const line = value.replaceAll(/\s+/g, ' ')
  const chars = [...line]
  return `“${chars.length > QUOTED_CHARS ? `${chars.slice(0, QUOTED_CHARS - 1).join('')}…` : line}”`
}

export function quoteFile(value: string): string {
  return value === OTHERS ? 'The file' : quote(value)
}

/** The first names of more. */
export function named(names: string[], total: number): string {
  return names.length < total
    ? `${names.join(', ')} and ${count(total - names.length)} more`
    : names.join(', ')
}

export function list(words: string[]): string {
  return words.length > LISTED
    ? `${words.slice(0, LISTED).join(', ')} and ${words.length - LISTED} more`
    : words.join(', ')
}
