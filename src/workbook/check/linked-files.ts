import type { Variable } from '../../engine/workflow.ts'
import type { Limits } from '../limits.ts'
import { rawText, type Value } from '../read/value.ts'
import { toFile, toFiles } from './files.ts'
import type { Taken } from './values.ts'

/**
 * For a file, a link behind a text counts, not its words. But an address that stands in the cell is what the person sees:
 * Excel keeps an old link when another address is typed over it. Empty cells stay empty, whatever link is left in them.
 * @returns undefined where the cell’s own value counts
 */
export function toLinkedFile(
  value: Value,
  link: string,
  variable: Variable,
  limits: Pick<Limits, 'fileHosts'>,
): Taken | undefined {
  if (variable.type !== 'file' && variable.type !== 'file-list') return undefined
  const isUncalculated = typeof value === 'object' && value !== null && 'uncalculated' in value
  const words = rawText(value).trim()
  if ((words === '' && !isUncalculated) || /^https?:\/\//i.test(words) || isError(value)) return undefined
  return variable.type === 'file'
    ? toFile(link, variable, limits, words)
    : toFiles(link, variable, limits, words)
}

function isError(value: Value): boolean {
  return typeof value === 'object' && value !== null && 'error' in value
}
