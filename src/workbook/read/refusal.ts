import { inEnglish, say, type Sentence } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'

/** Every reason to refuse a file; what to say is in engine/sentences/workbook.ts. */
export type RefusalCode =
  | 'empty'
  | 'password'
  | 'html'
  | 'xml-spreadsheet'
  | 'document'
  | 'numbers'
  | 'text'
  | 'other'
  | 'archive'
  | 'corrupt'
  | 'doctype'
  | 'file-too-large'
  | 'too-large-inside'
  | 'too-many-cells'
  | 'too-many-rows'
  | 'too-many-columns'
  | 'cell-too-long'
  | 'open-quote'
  | 'no-sheets'

/** Thrown by the reader, which does not know the file’s name. */
export class FileRefusal extends Error {
  override readonly name = 'Refusal'

  constructor(
    readonly code: RefusalCode,
    /** where, or how much; shown in brackets */
    readonly detail?: Sentence,
  ) {
    super(detail === undefined ? code : `${code}: ${inEnglish(detail)}`)
  }

  /** The message for the person who sent `fileName`. */
  toUserError(fileName: string): UserError {
    const { code, detail } = this
    const name = shownName(fileName)
    const what = say(`refused-${code}`)
    return new UserError(
      detail === undefined
        ? say('file-refused', { name, what })
        : say('file-refused-in', { name, what, detail: detail }),
      say(`do-refused-${code}`),
    )
  }
}

/** Titles and headings, up to this many rows, do not count against the limit of rows. */
export const HEAD_ROWS = 100

export function tooManyRows(most: number): FileRefusal {
  return new FileRefusal('too-many-rows', say('at-most-taken', { count: most }))
}

/** A file’s name for use in a sentence: without a path, on one line, and shortened. */
export function shownName(fileName: string): string {
  const name = fileName
    .replace(/^.*[/\\]/s, '')
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  return name.length > 80 ? `${name.slice(0, 79)}…` : name || 'The file'
}
