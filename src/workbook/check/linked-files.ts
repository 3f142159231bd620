import type { Variable } from '../../engine/workflow.ts'
import { rawText, type Value } from '../read/value.ts'
import { type CellFileRules, toFile, toFiles } from './files.ts'
import type { Taken } from './values.ts'

/**
 * For a file, a link behind a text counts, not its words. But an address that stands in the cell is what the person sees:
 * Excel keeps an old link when another address is typed over it. So is the name of a file that came along. Empty cells
 * stay empty, whatever link is left in them. A link to a file on the person’s own disk is the name of one, too.
 * @returns undefined where the cell’s own value counts
 */
export function toLinkedFile(
  value: Value,
  link: string,
  variable: Variable,
  rules: CellFileRules,
): Taken | undefined {
  if (variable.type !== 'file' && variable.type !== 'file-list') return undefined
  const isUncalculated = typeof value === 'object' && value !== null && 'uncalculated' in value
  const words = rawText(value).trim()
  if ((words === '' && !isUncalculated) || /^https?:\/\//i.test(words) || isError(value)) return undefined
  if (rules.files?.has(words)) return undefined
  const text = /^https?:\/\//i.test(link) ? link : decoded(link)
  return variable.type === 'file'
    ? toFile(text, variable, rules, words)
    : toFiles(text, variable, rules, words)
}

function isError(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'error' in value
}

/** Links to files have %20 in place of spaces; a % that stands for itself is left alone. */
function decoded(link: string): string {
  try {
    return decodeURIComponent(link)
  } catch {
    return link
  }
}
