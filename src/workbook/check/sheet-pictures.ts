import type { Variable } from '../../engine/workflow.ts'
import { columnName, type RawRow, type Value } from '../read/value.ts'
import type { FaultCode } from '../fault.ts'
import type { Mapping } from '../types.ts'
import { type CellFileRules, toGivenFiles } from './files.ts'
import type { GivenFiles } from './given-files.ts'
import type { Taken } from './values.ts'

/**
 * Marks the cells that are empty, or hold a picture, as filled where pictures of the sheet are files for an input: such rows
 * are neither empty nor remarks.
 * @returns undefined if there are none; otherwise what marks the cells of a row
 */
export function pictureMarker(
  variables: Variable[],
  mapping: Mapping,
  files: GivenFiles,
): ((row: RawRow) => void) | undefined {
  if (!files.hasPictures) return undefined
  const columns = new Set(variables.filter(takesPictures).flatMap(({ name }) => mapping[name] ?? []))
  return ({ row, cells }) => {
    for (const column of columns) {
      if (!isOpen(cells[column]) || files.picturesAt(columnName(column) + row).length === 0) continue
      while (cells.length < column) cells.push(null)
      cells[column] = { picture: true, isFile: true }
    }
  }
}

/** An input that takes only links has no use for pictures. */
function takesPictures({ type, localFiles }: Variable): boolean {
  return (type === 'file' || type === 'file-list') && localFiles !== false
}

function isOpen(value: Value = null): boolean {
  if (typeof value === 'string') return value.trim() === ''
  return value === null || (typeof value === 'object' && 'picture' in value)
}

/** What says that a cell names no file: the pictures over it count. */
const NAMES_NOTHING = new Set<FaultCode>([
  'required',
  'required-picture',
  'not-an-address',
  'no-files',
  'no-such-file',
])

/**
 * The pictures over a cell or in it as the files of an input.
 * @param typed what the cell itself gives; undefined: nothing
 * @returns undefined if there are none, or the cell itself names a file or a link
 */
export function toPictures(
  row: number,
  column: number,
  typed: Taken | undefined,
  variable: Variable,
  rules: CellFileRules,
): Taken | undefined {
  if (!takesPictures(variable) || !rules.files?.hasPictures) return undefined
  const pictures = rules.files.picturesAt(columnName(column) + row)
  if (pictures.length === 0) return undefined
  if (typed && !('fault' in typed && NAMES_NOTHING.has(typed.fault.code))) return undefined
  for (const picture of pictures) rules.files.use(picture)
  return toGivenFiles(pictures, variable, rules)
}
