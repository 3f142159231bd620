import type { InputValue } from '../../engine/task.ts'
import type { Fault } from '../fault.ts'
import type { Variable } from '../../engine/workflow.ts'
import { shownText, type StyledNumber, type Value } from '../read/value.ts'
import { nearest } from './nearest.ts'
import { guessNumber, readNumber } from './numbers.ts'

/** A cell’s value for a variable, with what a person should know about it, or why it has none. */
export type Taken = { value: InputValue; notes?: Fault[] } | { fault: Fault }

/** A number, or text that can only be read as one; other text is asked about, with a guess. */
export function toNumber(value: Value, { label }: Variable): Taken {
  if (typeof value === 'number') return { value }
  if (typeof value === 'object' && value !== null && 'number' in value) return { value: allDigits(value) }
  const text = shownText(value)
  const number = typeof value === 'string' ? readNumber(text) : undefined
  if (number !== undefined) return { value: number }
  const guess = typeof value === 'string' ? guessNumber(text) : undefined
  return { fault: { code: 'not-a-number', label, value: text, ...(guess !== undefined && { guess }) } }
}

/** A whole number with more digits than a JavaScript number holds is sent as text. */
export function allDigits({ number, raw }: StyledNumber): number | string {
  return raw !== undefined && /^-?[1-9]\d{15,}$/.test(raw) && !Number.isSafeInteger(number) ? raw : number
}

/** The server’s own words, and the ones that people use for a ticked box in English and Chinese. */
const YES = new Set(['true', '1', 'yes', 'on', 'y', 't', '是', '真', '对', '✓', '✔', '√', '☑'])
const NO = new Set(['false', '0', 'no', 'off', 'n', 'f', '否', '假', '错', '✗', '✘', '☐'])

/** Always sent as true or false: the server passes unknown words on unchanged. */
export function toCheckbox(value: Value, { label }: Variable): Taken {
  if (typeof value === 'boolean') return { value }
  const number = typeof value === 'object' && value !== null && 'number' in value ? value.number : value
  if (number === 1 || number === 0) return { value: number === 1 }
  const text = shownText(value)
  const word = text.normalize('NFKC').trim().toLowerCase()
  if (YES.has(word)) return { value: true }
  if (NO.has(word)) return { value: false }
  return { fault: { code: 'not-yes-or-no', label, value: text } }
}

/** Text unchanged, except that NUL is removed, as the server does. Its length counts code points, as Python does. */
export function toText(text: string, { label, maxLength }: Variable): Taken {
  const value = text.replaceAll('\0', '')
  const length = codePoints(value)
  if (maxLength === undefined || maxLength <= 0 || length <= maxLength) return { value }
  return { fault: { code: 'too-long', label, length, max: maxLength } }
}

/**
 * The option itself, as the server compares case and spaces too: a cell matches it however it is spaced, and in
 * whatever case, if it matches no other. So do equal numbers: Excel stores 1.0 as 1.
 */
export function toOption(text: string, { label, options = [] }: Variable): Taken {
  if (options.includes(text)) return { value: text }
  const key = optionKey(text)
  const spelled = options.filter((option) => optionKey(option) === key)
  const equal =
    spelled.length > 0 ? spelled : options.filter((option) => isSameNumber(optionKey(option), key))
  const [only] = equal
  if (only !== undefined && equal.length === 1) return { value: only }
  const guess = nearest(text, options)
  return {
    fault: { code: 'not-an-option', label, value: text, options, ...(guess !== undefined && { guess }) },
  }
}

/** Equal for options that look the same to a person: invisible characters and outer spaces do not count, nor case. */
function optionKey(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .toLowerCase()
}

function isSameNumber(a: string, b: string): boolean {
  const isPlain = /^[+-]?\d{1,15}(\.\d+)?$/
  return isPlain.test(a) && isPlain.test(b) && Number(a) === Number(b)
}

function codePoints(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    const next = unit >= 0xd800 && unit <= 0xdbff ? text.charCodeAt(i + 1) : 0
    if (next >= 0xdc00 && next <= 0xdfff) i++
    count++
  }
  return count
}
