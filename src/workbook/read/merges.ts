import { streamXml } from './parts.ts'
import { rangeOf, type CellPlace, type CellRange } from './ranges.ts'
import { FileRefusal } from './refusal.ts'
import type { RawRow, Value } from './value.ts'
import { attribute, XmlReader, type XmlHandler } from './xml.ts'
import type { Zip } from './zip.ts'

/** No real sheet has more; further ones are ignored. */
export const MAX_MERGES = 100_000
/** As many hidden values are told; further ones are hidden, too. */
const MAX_COVERED = 10_000

/**
 * The merged ranges of a worksheet, which its XML lists after the rows. The part is unpacked once more for it, which
 * takes a twentieth of the time of reading it: the rows are skipped as bytes, and only what follows them is parsed.
 */
export async function mergedRanges(zip: Zip, part: string): Promise<CellRange[]> {
  const ranges: CellRange[] = []
  const handler: XmlHandler = {
    open(name, source) {
      if (name !== 'mergeCell' || ranges.length >= MAX_MERGES) return
      const range = rangeOf(attribute(source, 'ref'))
      if (range) ranges.push(range)
    },
  }
  try {
    await parseAfterRows(zip, part, handler)
  } catch (error) {
    // A damaged part is refused when its rows are read. In others, a comment had what looks like the end of the rows.
    if (error instanceof FileRefusal) return []
    throw error
  }
  return ranges.toSorted((a, b) => a.top - b.top)
}

async function parseAfterRows(zip: Zip, part: string, handler: XmlHandler): Promise<void> {
  let reader: XmlReader | undefined
  let before = new Uint8Array()
  for await (const piece of zip.stream(part)) {
    if (reader) {
      reader.write(latin1(piece))
      continue
    }
    if (before.length === 0 && isUtf16(piece)) {
      for await (const _ of streamXml(zip.stream(part), handler)) continue
      return
    }
    // The tag may begin in one piece and end in the next.
    const seam = Buffer.concat([before, piece.subarray(0, LONGEST_TAG)])
    const atSeam = endOfRows(seam)
    const end = atSeam ?? endOfRows(piece)
    before = piece.slice(-LONGEST_TAG)
    if (!end) continue
    reader = new XmlReader(handler)
    reader.write(`<${end.prefix}worksheet><${end.prefix}sheetData>`)
    reader.write(latin1((atSeam ? seam : piece).subarray(end.at)))
    if (atSeam) reader.write(latin1(piece.subarray(LONGEST_TAG)))
  }
}

const ROWS = 'sheetData'
/** Longer than `</prefix:sheetData >`. */
const LONGEST_TAG = 64

/** Where the rows’ closing tag is; the bytes before it need not be decoded: all other encodings extend ASCII. */
function endOfRows(piece: Uint8Array): { at: number; prefix: string } | undefined {
  const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.length)
  for (let at = bytes.indexOf(ROWS); at >= 0; at = bytes.indexOf(ROWS, at + 1)) {
    const around = latin1(bytes.subarray(Math.max(0, at - LONGEST_TAG), at))
    const [tag, prefix = ''] = /<\/([\w.-]+:)?$/.exec(around) ?? []
    if (tag !== undefined) return { at: at - tag.length, prefix }
  }
  return undefined
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

function isUtf16(start: Uint8Array): boolean {
  return start.subarray(0, 4).includes(0) || (start[0] ?? 0) >= 0xfe
}

/** Removes what lies under merged ranges from rows in their order: only a range’s first cell is seen. */
export class MergedCells {
  /** where values were removed, the first ones */
  readonly covered: CellPlace[] = []
  readonly #ranges: CellRange[]
  readonly #maxColumns: number
  /** the last range that began above or in the present row, by column */
  readonly #over: (CellRange | undefined)[] = []
  #next = 0

  /** @param ranges by their first rows */
  constructor(ranges: CellRange[], maxColumns: number) {
    this.#ranges = ranges
    this.#maxColumns = maxColumns
  }

  /** The rows without what nobody sees, and without those that have nothing else. */
  hide(rows: RawRow[]): RawRow[] {
    if (this.#ranges.length === 0) return rows
    return rows.filter((row) => {
      this.#enter(row.row)
      this.#hideIn(row)
      return row.cells.length > 0
    })
  }

  #enter(row: number): void {
    for (let range = this.#ranges[this.#next]; range && range.top <= row; range = this.#ranges[this.#next]) {
      this.#next++
      if (range.bottom >= row) this.#put(range)
    }
  }

  /** Excel allows no ranges that overlap; only the first of them counts, so that the work is bounded. */
  #put(range: CellRange): void {
    const end = Math.min(range.right + 1, this.#maxColumns)
    for (let column = range.left; column < end; column++) {
      if ((this.#over[column]?.bottom ?? 0) >= range.top) return
    }
    for (let column = range.left; column < end; column++) this.#over[column] = range
  }

  #hideIn({ row, cells }: RawRow): void {
    for (let column = 0; column < cells.length; column++) {
      const range = this.#over[column]
      if (!range || range.bottom < row || isBlankCell(cells[column])) continue
      if (range.top === row && range.left === column) continue
      cells[column] = null
      if (this.covered.length < MAX_COVERED) this.covered.push({ row, column })
    }
    while (cells.length > 0 && cells.at(-1) === null) cells.pop()
  }
}

function isBlankCell(value: Value | undefined): boolean {
  return value === null || value === undefined
}
