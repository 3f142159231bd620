import { appendFile, rm } from 'node:fs/promises'
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { clip, escaped, MAX_CELL_CHARS } from './to-cell.ts'

export interface Piece {
  /** of the person's sheet */
  row: number
  column: string
  /** from 1 */
  part: number
  text: string
}

/** Room for the escapes that a piece may need. */
const PIECE_CHARS = 30_000

/**
 * Texts that do not fit into a cell, kept whole for a sheet of their own. That sheet is written last, so they wait in a
 * file: they may be many, and they are large.
 */
export class LongTexts {
  count = 0
  readonly #path: string
  #waiting = ''

  constructor(path: string) {
    this.#path = path
  }

  add(row: number, column: string, text: string): void {
    this.count++
    this.#waiting += `${JSON.stringify({ row, column, text })}\n`
  }

  async flush(): Promise<void> {
    if (this.#waiting === '') return
    await appendFile(this.#path, this.#waiting)
    this.#waiting = ''
  }

  /** Each text in pieces that fit into a cell, in order. */
  async *pieces(): AsyncGenerator<Piece> {
    const lines = createInterface({
      input: createReadStream(this.#path),
      crlfDelay: Number.POSITIVE_INFINITY,
    })
    for await (const line of lines) {
      const { row, column, text } = JSON.parse(line) as { row: number; column: string; text: string } // from add()
      let part = 0
      for (let rest = text; rest !== '' || part === 0;) {
        const piece = fitting(rest)
        rest = rest.slice(piece.length)
        yield { row, column, part: ++part, text: piece }
      }
    }
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

/** As much of the text as fits into a cell once it is escaped. */
function fitting(text: string): string {
  let piece = clip(text, PIECE_CHARS)
  while (escaped(piece).length > MAX_CELL_CHARS) piece = clip(piece, Math.floor(piece.length / 2))
  return piece
}
