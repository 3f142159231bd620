import { appendFile, open, rm } from 'node:fs/promises'
import { clip, escaped, MAX_CELL_CHARS } from './to-cell.ts'

export interface Piece {
  /** row number in the person’s sheet */
  row: number
  column: string
  /** from 1 */
  part: number
  text: string
}

const COLLECT_BYTES = 32 * 2 ** 20
/** Leaves room for escapes in a piece. */
const PIECE_CHARS = 30_000

/**
 * Texts that are too long for a cell; they go in full into a sheet of their own. That sheet is written last, and the
 * texts may be many and large, so they wait in a file; only one at a time is in memory.
 */
export class LongTexts {
  readonly #path: string
  readonly #entries: { row: number; column: string; bytes: number }[] = []
  #waiting: Uint8Array[] = []
  #sinceCollected = 0

  constructor(path: string) {
    this.#path = path
  }

  get count(): number {
    return this.#entries.length
  }

  add(row: number, column: string, text: string): void {
    const bytes = Buffer.from(text)
    this.#entries.push({ row, column, bytes: bytes.length })
    this.#waiting.push(bytes)
  }

  async flush(): Promise<void> {
    for (const bytes of this.#waiting) {
      await appendFile(this.#path, bytes)
      this.#sinceCollected += bytes.length
    }
    this.#waiting = []
    if (this.#sinceCollected < COLLECT_BYTES) return
    this.#sinceCollected = 0
    Bun.gc(true) // a text is in memory several times while it is read and cut
  }

  /** Each text in pieces that fit into a cell, in order. */
  async *pieces(): AsyncGenerator<Piece> {
    const file = await open(this.#path)
    try {
      let position = 0
      for (const { row, column, bytes } of this.#entries) {
        const buffer = Buffer.alloc(bytes)
        await file.read(buffer, 0, bytes, position)
        position += bytes
        let part = 0
        for (let rest = buffer.toString(); rest !== '' || part === 0;) {
          const piece = fitting(rest)
          rest = rest.slice(piece.length)
          yield { row, column, part: ++part, text: piece }
        }
      }
    } finally {
      await file.close()
    }
  }

  async remove(): Promise<void> {
    await rm(this.#path, { force: true })
  }
}

/** As much of the text as fits into a cell after escaping. */
function fitting(text: string): string {
  let piece = clip(text, PIECE_CHARS)
  while (escaped(piece).length > MAX_CELL_CHARS) piece = clip(piece, Math.floor(piece.length / 2))
  return piece
}
