import type { Check } from '../types.ts'
import { toCell } from './to-cell.ts'

export const MARK_COLOUR = 'FFFFC7CE'
/** begins every comment of ours, so that the next copy can take it away again */
export const MARK_WORD = 'Rowbot: '

export const FRONT_WIDTHS = [40, 70, 60, 10]

/** The lines of the sheet in front of a marked copy: what was found, gravest first, and what to do. */
export function frontLines(found: Check, about: string): (string | number | boolean | null)[][] {
  const left = found.rows - found.good
  const cells = (refs: string[], count: number) => refs.join(', ') + (count > refs.length ? ' …' : '')
  const lines: unknown[][] = [
    [`Check of “${found.sheet}”: ${found.good} of ${found.rows} rows can run, ${left} cannot.`],
    [about],
    ['Correct the marked cells, save, and send this file again. This sheet is never run.'],
    [],
    ['Cells', 'What is wrong', 'What to do', 'How many'],
    ...found.faults.map((group) => [
      cells(group.cells, group.count) || 'the sheet',
      group.message,
      group.hint ?? '',
      group.count,
    ]),
  ]
  if (found.faults.length === 0) lines.push(['Nothing is wrong.'])
  return lines.map((line) => line.map((value) => toCell(value).value))
}
