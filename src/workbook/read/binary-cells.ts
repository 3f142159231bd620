import { say } from '../../engine/sentence.ts'
import { FileRefusal } from './refusal.ts'

/** The parser of .xls and .xlsb holds all cells at once, at some 300 bytes each. */
const MAX_CELLS = 1_500_000

/** @throws FileRefusal if there are more cells than there is memory for */
export function countedCells(cells: number): void {
  if (cells > MAX_CELLS) {
    throw new FileRefusal('too-many-cells', say('at-most-taken', { count: MAX_CELLS }))
  }
}
