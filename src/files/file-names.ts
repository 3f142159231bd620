import { isConstantFileName } from '../engine/constant-files.ts'
import { isPictureName } from '../engine/sheet-pictures.ts'

/** The most characters of a file’s name, with its path. */
const NAME_CHARS = 200

/** Control characters, and those that turn the direction of writing, with which `fdp.exe` looks like `exe.pdf`. */
const UNSEEN = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

/**
 * A name as Rowbot stores it: composed (NFC), with `/` between folders, without control characters, and without what
 * leads out of its folder. Never empty, at most 200 characters, and never the name of a picture of a sheet or of a file
 * for all rows.
 */
export function cleanName(name: string): string {
  const parts = name
    .normalize('NFC')
    .replaceAll(UNSEEN, '')
    .split(/[/\\]/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== '.' && part !== '..')
  if (/^[a-z]:$/i.test(parts[0] ?? '')) parts.shift()
  const clean = clipped(parts.join('/')) || 'file'
  const lower = clean.toLowerCase()
  return isPictureName(lower) || isConstantFileName(lower) ? clean.replace(':', '_') : clean
}

/** Names of files that were sent loose are told apart: the second `scan.pdf` is `scan (2).pdf`. */
export class DistinctNames {
  readonly #taken = new Set<string>()

  take(name: string): string {
    const { stem, extension } = split(name)
    let free = name
    for (let n = 2; this.#taken.has(free); n++) {
      const end = ` (${n})${extension}`
      free = `${[...stem].slice(0, NAME_CHARS - end.length).join('')}${end}`
    }
    this.#taken.add(free)
    return free
  }
}

const WORKBOOK = /\.(xlsx|csv|xlsm|xlsb|xls|ods|fods|et|tsv|numbers)$/i

/** True for the name of a file that may be a workbook. */
export function isWorkbookName(name: string): boolean {
  return WORKBOOK.test(name)
}

/** True for the name of a file that may hold other files, a workbook among them. */
export function isZipName(name: string): boolean {
  return /\.zip$/i.test(name)
}

/** True for what systems and programs put beside a person’s files. */
export function isLitter(name: string): boolean {
  const parts = name.split('/')
  const last = parts.at(-1) ?? ''
  return parts.includes('__MACOSX') || /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*)$/i.test(last)
}

/** The name without folders. */
export function baseName(name: string): string {
  return name.split('/').at(-1) ?? name
}

/** `a/Invoices.zip` → `Invoices` */
export function stemOf(name: string): string {
  return split(baseName(name)).stem
}

function split(name: string): { stem: string; extension: string } {
  const extension = /[^/.](\.[^./\s]{1,10})$/.exec(name)?.[1] ?? ''
  return { stem: name.slice(0, name.length - extension.length), extension }
}

function clipped(name: string): string {
  const { stem, extension } = split(name)
  const chars = [...stem]
  const most = NAME_CHARS - [...extension].length
  return chars.length <= most ? name : `${chars.slice(0, most).join('')}${extension}`
}
