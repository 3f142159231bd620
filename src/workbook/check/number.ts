import type { Variable } from '../../engine/workflow.ts'
import { shownText, type Value } from '../read/value.ts'
import type { Taken } from './prepare.ts'

/**
 * A number, or text that Python's int() and float() take. A whole number with more digits than a JavaScript number
 * holds is sent as its text, which the server reads with all of them.
 */
export function toNumber(value: Value, { label }: Variable): Taken {
  if (typeof value === 'number') return { value }
  if (typeof value === 'object' && value !== null && 'number' in value) return { value: value.number }
  const text = shownText(value)
  const plain = text.normalize('NFKC').trim()
  const number = typeof value === 'string' ? parse(plain) : undefined
  if (number !== undefined) return { value: number }
  const guess = guessNumber(plain)
  return { fault: { code: 'not-a-number', label, value: text, ...(guess !== undefined && { guess }) } }
}

function parse(text: string): number | string | undefined {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) return undefined
  const number = Number(text)
  if (!Number.isFinite(number)) return undefined
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number
}

/** `1,204`, `1 204`, `12 kg`, `€5`: the number that is in it, if there is just one. */
function guessNumber(text: string): string | undefined {
  const bare = text.replaceAll(/(?<=\d)[,\s'](?=\d{3}(?!\d))/g, '')
  const numbers = bare.match(/-?\d+(\.\d+)?/g) ?? []
  return numbers.length === 1 ? numbers[0] : undefined
}
