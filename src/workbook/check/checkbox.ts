import type { Variable } from '../../engine/workflow.ts'
import { shownText, type Value } from '../read/value.ts'
import type { Taken } from './prepare.ts'

/** The server's own words, and those that people tick a box with in English and Chinese. */
const YES = new Set(['true', '1', 'yes', 'on', 'y', 't', '是', '真', '对', '✓', '✔', '√', '☑'])
const NO = new Set(['false', '0', 'no', 'off', 'n', 'f', '否', '假', '错', '✗', '✘', '☐'])

/** Always sent as true or false: the server passes a word that it does not know on as it is. */
export function toCheckbox(value: Value, { label }: Variable): Taken {
  if (typeof value === 'boolean') return { value }
  const text = shownText(value)
  const word = text.normalize('NFKC').trim().toLowerCase()
  if (YES.has(word)) return { value: true }
  if (NO.has(word)) return { value: false }
  return { fault: { code: 'not-yes-or-no', label, value: text } }
}
