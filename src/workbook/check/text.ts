import type { Variable } from '../../engine/workflow.ts'
import { nearest } from './nearest.ts'
import type { Taken } from './prepare.ts'

/** Text as it stands, NUL left out as the server does. Its length counts code points, as Python's does. */
export function toText(text: string, { label, maxLength }: Variable): Taken {
  const value = text.replaceAll('\0', '')
  const length = codePoints(value)
  if (maxLength === undefined || maxLength <= 0 || length <= maxLength) return { value }
  return { fault: { code: 'too-long', label, length, max: maxLength } }
}

/** One of the options, to the letter: the server knows no case and no spaces. */
export function toOption(text: string, { label, options = [] }: Variable): Taken {
  if (options.includes(text)) return { value: text }
  const guess = nearest(text, options)
  return {
    fault: { code: 'not-an-option', label, value: text, options, ...(guess !== undefined && { guess }) },
  }
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
