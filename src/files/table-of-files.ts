import type { GivenFile } from '../engine/files.ts'
import type { UploadFile } from '../workbook/types.ts'
import { sentFilesOf } from './pictures.ts'

/** Headings of the table, the names (FILE_COLUMN) first, in the language of the person who sent the files. */
export interface TableWords {
  file: string
  type: string
  size: string
}

/**
 * A table with a row for each file, in their order, for people who send files without a sheet. What was uploaded as a
 * value for all rows is no row.
 */
export function tableOfFiles(name: string, files: GivenFile[], words: TableWords): UploadFile {
  const rows = sentFilesOf({ files }).map((file) => [
    file.name,
    file.content ?? extensionOf(file.name),
    String(file.size),
  ])
  const lines = [[words.file, words.type, words.size], ...rows].map((cells) => cells.map(quoted).join(','))
  const bytes = new TextEncoder().encode(`\uFEFF${lines.join('\r\n')}\r\n`)
  return { name, bytes, files, listsFiles: true }
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}

function extensionOf(name: string): string {
  return /\.([^./]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? ''
}
