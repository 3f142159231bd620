import type { FileHandle } from 'node:fs/promises'
import type { ResultRow } from '../../../engine/task.ts'
import type { Limits } from '../../limits.ts'
import { columnName } from '../../read/value.ts'
import type { OwnWorkbook, ResultHeader, UploadFile } from '../../types.ts'
import { CannotCarry } from '../carried/cannot-carry.ts'
import { cellXml } from '../carried/cell-xml.ts'
import { rootPrefix } from '../carried/xml-text.ts'
import { ZipWriter, type ZipPart } from '../carried/zip-writer.ts'
import { extraOutputs, type ResultWriter, widthOf } from '../columns.ts'
import { LongTexts } from '../long-texts.ts'
import { withComments } from '../marked/comments.ts'
import { MOST_NOTES } from '../review-marks.ts'
import { readable, toCell } from '../to-cell.ts'
import { widened } from './area.ts'
import { withColumns } from './head.ts'
import { withReference } from './notes.ts'
import { addSheet } from './own-package.ts'
import { type Plan, planned } from './plan.ts'
import { putTogether, takeApart } from './row.ts'
import { type SheetPiece, sheetPieces } from './sheet-pieces.ts'
import { longTextsSheet, summarySheet } from './sheets.ts'
import { AddedStyles } from './styles.ts'

/**
 * A result in the person’s own workbook: columns to the right of their table, and a sheet with the summary. The sheet
 * is edited as text while it is unpacked and packed again; all other parts are copied in packed form. So the memory is
 * that of the upload and of one row.
 */
export class OwnResult implements ResultWriter {
  readonly #plan: Plan
  readonly #writer: ZipWriter
  readonly #styles: AddedStyles
  readonly #long: LongTexts
  readonly #pieces: AsyncGenerator<SheetPiece[]>
  readonly #widths: number[]
  readonly #part: ZipPart
  /** comments by reference of their cells */
  readonly #notes = new Map<string, string>()
  #prefix = ''
  /** the sheet refers to its comments */
  #isNoted = false
  #batch: SheetPiece[] = []
  #next = 0

  /**
   * @param longPath of a file for texts that are too long for a cell
   * @param sample rows from which the column widths are chosen
   * @throws CannotCarry with the reason if the workbook cannot be edited; FileRefusal if it is damaged
   */
  static async start(
    file: FileHandle,
    longPath: string,
    header: ResultHeader,
    own: OwnWorkbook & { file: UploadFile; limits: Limits },
    sample: ResultRow[],
  ): Promise<OwnResult> {
    const plan = await planned(header, own)
    const writer = new ZipWriter(file)
    const { zip, book } = plan
    const styles = new AddedStyles(book.pack.text(book.styles))
    const edited = [book.sheet, book.styles, ...book.pack.changes.keys()].map((name) => name.toLowerCase())
    await writer.copy(zip, new Set([...edited, ...book.pack.removed]))
    const widths = plan.columns.map((column) => widthOf(column, sample))
    const part = await writer.begin(book.sheet)
    const result = new OwnResult(plan, writer, styles, longPath, widths, part)
    await result.#writeHeadings()
    return result
  }

  private constructor(
    plan: Plan,
    writer: ZipWriter,
    styles: AddedStyles,
    longPath: string,
    widths: number[],
    part: ZipPart,
  ) {
    this.#plan = plan
    this.#writer = writer
    this.#styles = styles
    this.#long = new LongTexts(longPath)
    this.#pieces = sheetPieces(plan.zip.stream(plan.book.sheet))
    this.#widths = widths
    this.#part = part
  }

  /** how many it adds */
  get columns(): number {
    return this.#plan.columns.length
  }

  async add(rows: ResultRow[]): Promise<void> {
    const { columns, place, header, longSheet, survey } = this.#plan
    for (const row of rows) {
      const text = takeApart(await this.#rowAt(row.row), this.#prefix, place, survey.lastCell >= place.first)
      let cells = ''
      columns.forEach(({ heading, of, tint, note }, i) => {
        const { value, risky, whole } = toCell(of(row), longSheet)
        if (whole !== undefined) this.#long.add(row.row, heading, whole)
        const kind = risky ? 'text' : 'general'
        const style = this.#styles[kind](text.style, tint?.(row))
        const noted = note?.(row)
        if (noted !== undefined && this.#notes.size < MOST_NOTES)
          this.#notes.set(columnName(place.first + i - 1) + row.row, noted)
        if (value !== null || style > 0) cells += this.#cell(value, place.first + i, row.row, style)
      })
      this.#part.write(putTogether(text, cells, this.#prefix, place.last))
      for (const [name, value] of extraOutputs(row, header)) this.#long.add(row.row, name, readable(value))
      await this.#part.flush()
    }
    await this.#long.flush()
  }

  async finish(): Promise<void> {
    const { book, header, longSheet } = this.#plan
    while (await this.#more()) await this.#writeUpTo(Number.POSITIVE_INFINITY)
    await this.#part.end()
    const { main } = book.pack.namespaces
    const styles = { general: this.#styles.general(0), text: this.#styles.text(0) }
    await this.#addSheet(this.#plan.summarySheet, summarySheet(header.summary, styles, main))
    if (this.#long.count > 0)
      await this.#addSheet(longSheet, longTextsSheet(this.#long.pieces(), styles, main))
    await this.#writer.add(book.styles, this.#styles.toString())
    const { notes } = this.#plan
    if (notes) {
      const { comments, drawing } = withComments({}, this.#notes, main, '')
      await this.#writer.add(notes.comments, comments)
      await this.#writer.add(notes.drawing, drawing)
    }
    for (const [name, text] of book.pack.changes) await this.#writer.add(name, text)
    await this.#writer.finish()
    await this.#long.remove()
  }

  async #writeHeadings(): Promise<void> {
    const { columns, place, headingRow, survey } = this.#plan
    const row = await this.#rowAt(headingRow)
    const text = takeApart(row, this.#prefix, place, survey.lastCell >= place.first)
    const cells = columns.map(({ heading }, i) => {
      const { value, risky } = toCell(heading)
      return this.#cell(
        value,
        place.first + i,
        headingRow,
        risky ? this.#styles.text(text.style) : text.style,
      )
    })
    this.#part.write(putTogether(text, cells.join(''), this.#prefix, place.last))
  }

  #cell(value: string | number | boolean | null, column: number, row: number, style: number): string {
    return cellXml(value, columnName(column - 1) + row, { prefix: this.#prefix, style })
  }

  /** Writes everything before a row. @throws CannotCarry if the sheet does not have it */
  async #rowAt(row: number): Promise<string> {
    while (await this.#more()) {
      const found = await this.#writeUpTo(row)
      if (found !== undefined) return found
    }
    throw new CannotCarry(`its sheet has no row ${row}`)
  }

  /** There are pieces left to write, in `#batch`. */
  async #more(): Promise<boolean> {
    while (this.#next >= this.#batch.length) {
      const { done, value } = await this.#pieces.next()
      if (done) return false
      this.#batch = value
      this.#next = 0
    }
    return true
  }

  /** Writes the pieces at hand before a row, and returns its text if it is among them. */
  async #writeUpTo(row: number): Promise<string | undefined> {
    for (let piece = this.#batch[this.#next]; piece; piece = this.#batch[this.#next]) {
      if (piece.kind === 'row' && piece.row > row) throw new CannotCarry(`its sheet has no row ${row}`)
      this.#next++
      if (piece.kind === 'row' && piece.row === row) return piece.text
      this.#part.write(this.#edited(piece))
    }
    await this.#part.flush()
    return undefined
  }

  #edited(piece: SheetPiece): string {
    const { place, headingRow, survey } = this.#plan
    if (piece.kind === 'head') {
      this.#prefix = rootPrefix(piece.text)
      const added = { left: place.first, top: headingRow, right: place.last, bottom: survey.lastRow }
      return withColumns(piece.text, this.#prefix, added, this.#widths)
    }
    const { notes } = this.#plan
    const noted = notes && !this.#isNoted ? withReference(piece, this.#prefix, notes.id) : undefined
    if (noted !== undefined) {
      this.#isNoted = true
      return noted
    }
    const isFilter = piece.kind === 'tag' && (piece.name === 'autoFilter' || piece.name === 'sortState')
    return isFilter && place.filter !== undefined ? widened(piece.text, place.filter, place.last) : piece.text
  }

  async #addSheet(name: string, pieces: AsyncIterable<string> | Iterable<string>): Promise<void> {
    const part = await this.#writer.begin(addSheet(this.#plan.book, name))
    for await (const piece of pieces) {
      part.write(piece)
      await part.flush()
    }
    await part.end()
  }
}
