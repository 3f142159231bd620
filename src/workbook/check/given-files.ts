import { constantFilesOf, isConstantFileName } from '../../engine/constant-files.ts'
import type { GivenFile } from '../../engine/files.ts'
import { isPictureName, pictureNamed, shownFileName } from '../../engine/sheet-pictures.ts'
import { nearest } from './nearest.ts'

/** The file that a name means, or the paths of several that it may mean. */
export type FoundFile = { file: GivenFile; paths?: undefined } | { file?: undefined; paths: string[] }

/**
 * The files that came along with an upload, by their names. Case, outer quotes and spaces, the Unicode form (macOS writes
 * an “é” as two characters) and folders make no difference; folders decide between files of the same name.
 * It is made once a job: a lookup does not depend on the number of files.
 */
export class GivenFiles {
  readonly #byPath = new Map<string, GivenFile[]>()
  /** the same without the extension */
  readonly #byStem = new Map<string, GivenFile[]>()
  readonly #guesses = new Map<string, string | undefined>()
  readonly #used = new Set<GivenFile>()

  /** by cell */
  readonly #pictures = new Map<string, { file: GivenFile; number: number }[]>()
  /** without the pictures of sheets, and what was uploaded as a value for all rows */
  readonly all: readonly GivenFile[]

  /** @param sheet whose pictures are wanted */
  constructor(
    private readonly files: readonly GivenFile[],
    sheet = '',
  ) {
    this.all = files.filter(({ name }) => !isPictureName(name) && !isConstantFileName(name))
    for (const file of files) {
      const place = pictureNamed(file.name)
      if (place?.sheet === sheet) listedUnder(this.#pictures, place.cell, { file, number: place.number })
    }
    for (const file of this.all) {
      const path = pathOf(file.name)
      const stem = [...path.slice(0, -1), stemOf(path.at(-1) ?? '')]
      for (const ending of endingsOf(path)) listedUnder(this.#byPath, ending, file)
      for (const ending of endingsOf(stem)) listedUnder(this.#byStem, ending, file)
    }
  }

  /** @param isTaken decides between files that differ in their extension, where the name has none */
  find(name: string, isTaken: (file: GivenFile) => boolean = () => true): FoundFile | undefined {
    if (this.all.length === 0) return undefined
    const path = pathOf(name)
    return meant(this.#byPath, path) ?? meant(this.#byStem, path, isTaken)
  }

  /** True if there is a file of this name, with its extension. */
  has(name: string): boolean {
    return this.all.length > 0 && meant(this.#byPath, pathOf(name)) !== undefined
  }

  /** Of a table that Rowbot made: the file that a row stands for. */
  ofRow(row: number, name: string): GivenFile | undefined {
    const file = this.all[row - ROWS_ABOVE]
    return file && samePath(file.name, name) ? file : undefined
  }

  /** What was uploaded as an input’s value for all rows, by the names that the value mentions. */
  forAllRows(input: string): GivenFiles {
    return new GivenFiles(constantFilesOf(this.files, input))
  }

  get hasPictures(): boolean {
    return this.#pictures.size > 0
  }

  /** The pictures of the sheet that are in a cell or begin over it, in order. */
  picturesAt(cell: string): GivenFile[] {
    const pictures = this.#pictures.get(cell) ?? []
    return pictures.toSorted((a, b) => a.number - b.number).map(({ file }) => file)
  }

  /** How many pictures of a cell a row uses. */
  usedPictures(cell: string): number {
    return this.picturesAt(cell).filter((picture) => this.#used.has(picture)).length
  }

  /** The name that comes nearest to one that is not there, without their extensions. Invoice 3 is not a slip for invoice 1: the digits must be the same. */
  guess(name: string): string | undefined {
    const wanted = pathOf(name).at(-1) ?? ''
    if (!this.#guesses.has(wanted) && this.#guesses.size < GUESSES) {
      const digits = digitsOf(wanted)
      const alike = this.all.map(baseName).filter((one) => digitsOf(one) === digits)
      const stem = nearest(stemOf(wanted), alike.map(stemOf))
      this.#guesses.set(
        wanted,
        alike.find((one) => stemOf(one) === stem),
      )
    }
    return this.#guesses.get(wanted)
  }

  /** Remembers that a row uses the file. */
  use(file: GivenFile): void {
    this.#used.add(file)
  }

  /** The names of files that no row uses. */
  unused(): string[] {
    const used = new Set([...this.#used].map(({ sha256 }) => sha256))
    return this.all.filter(({ sha256 }) => !used.has(sha256)).map(baseName)
  }

  /** Names that several different files have, of which at least one is unused. */
  namedAlike(): string[] {
    const unused = new Set(this.unused())
    const groups = Map.groupBy(this.all, (file) => keyOf(baseName(file)))
    const alike = [...groups.values()].filter((files) => different(files).length > 1)
    return alike.flatMap(([first]) => (first && unused.has(baseName(first)) ? [baseName(first)] : []))
  }
}

/** As people see it. */
export function baseName({ name }: Pick<GivenFile, 'name'>): string {
  return shownFileName(name)
}

/** In order, as two of them are easily swapped. */
function digitsOf(name: string): string {
  return (name.match(/\d/g) ?? []).toSorted().join('')
}

/** Each guess compares a name with those of all files, so only so many are made. */
const GUESSES = 50
/** The headings are in row 1, and the first file is in row 2. */
const ROWS_ABOVE = 2
/** Deeper folders do not decide. */
const MAX_DEPTH = 16

/** What a path ends in that there is a file for, longest first; the whole path of a file counts most. */
function meant(
  index: Map<string, GivenFile[]>,
  path: string[],
  isTaken: (file: GivenFile) => boolean = () => true,
): FoundFile | undefined {
  const endings = endingsOf(path)
  for (const [i, ending] of endings.entries()) {
    // What would be taken for a folder may be a name of its own: “2024/a.pdf, 2024/b.pdf” are two.
    if (path.slice(0, path.length - endings.length + i).some(hasSeparator)) return undefined
    const files = different(index.get(ending) ?? [])
    if (files.length === 0) continue
    const taken = files.length > 1 ? files.filter(isTaken) : files
    const [only = files[0]] = taken
    if (only && taken.length === 1) return { file: only }
    const exact = files.filter(({ name }) => pathOf(name).join('/') === ending)
    const [whole] = exact
    if (whole && exact.length === 1) return { file: whole }
    return { paths: files.map(({ name }) => name) }
  }
  return undefined
}

function hasSeparator(folder: string): boolean {
  return /[,;，；、]/.test(folder)
}

/** The same bytes under the same name twice are one file. */
function different(files: GivenFile[]): GivenFile[] {
  if (files.length < 2) return files
  return [...new Map(files.map((file) => [file.sha256, file])).values()]
}

function listedUnder<T>(index: Map<string, T[]>, key: string, item: T): void {
  const items = index.get(key)
  if (items) items.push(item)
  else index.set(key, [item])
}

/** `a/b/c.pdf`, `b/c.pdf`, `c.pdf` */
function endingsOf(path: string[]): string[] {
  const end = path.slice(-MAX_DEPTH)
  return end.map((_, i) => end.slice(i).join('/'))
}

/** Folders and name, as they are compared: also of `C:\Users\me\A.PDF` and of a file: URL. */
function pathOf(text: string): string[] {
  return keyOf(text)
    .replace(/^file:\/\//, '')
    .split(/[\\/]+/)
    .map((segment) => segment.trim())
    .filter((segment) => segment !== '' && segment !== '.' && segment !== '..')
}

function samePath(a: string, b: string): boolean {
  return a === b || pathOf(a).join('/') === pathOf(b).join('/')
}

const QUOTES = /^["'“”„‘’«»「『《]+|["'“”‘’«»」』》]+$/g

/** Without case, outer quotes and spaces; all spaces are alike, and invisible characters do not count. */
function keyOf(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/\p{Cf}/gu, '')
    .trim()
    .replaceAll(QUOTES, '')
    .trim()
    .replaceAll(/\s+/g, ' ')
    .toLowerCase()
}

function stemOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(0, dot) : name
}
