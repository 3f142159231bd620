import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import { FileRefusal } from './refusal.ts'
import { attributes } from './xml.ts'

/** Of a cell; further ones are ignored. */
const MAX_LINKS = 100

/**
 * The text of a cell: its paragraphs, one a line. As in HTML, white space in a row counts as one space; further spaces,
 * tabs and line breaks are elements (ODF 1.3 part 3, 6.1.2).
 */
export class OdsText {
  readonly #limits: Limits
  #lines: string[] = []
  #line = ''
  #length = 0
  #inParagraph = 0
  /** the reading of a character, above it */
  #inReading = 0
  #endsInSpace = true
  #links: string[] = []

  constructor(limits: Limits) {
    this.#limits = limits
  }

  begin(): void {
    this.#lines = []
    this.#links = []
    this.#length = this.#inParagraph = this.#inReading = 0
  }

  /** @param row for the message where the text is too long, from 0 */
  open(name: string, source: string, row: number): void {
    if (name === 'text:p') {
      if (this.#inParagraph++ === 0) this.#line = ''
      this.#endsInSpace = true
    } else if (name === 'text:s') this.#put(' '.repeat(this.#spaces(source)), row)
    else if (name === 'text:tab') this.#put('\t', row)
    else if (name === 'text:line-break') this.#put('\n', row)
    else if (name === 'text:ruby-text') this.#inReading++
    else if (name === 'text:a' && this.#links.length < MAX_LINKS) {
      const target = attributes(source)['xlink:href']?.trim()
      if (target) this.#links.push(target)
    }
  }

  add(text: string, row: number): void {
    if (this.#inParagraph === 0 || this.#inReading > 0) return
    let piece = text.replaceAll(/[ \t\r\n]+/g, ' ')
    if (this.#endsInSpace && piece.startsWith(' ')) piece = piece.slice(1)
    if (piece === '') return
    this.#put(piece, row)
    this.#endsInSpace = piece.endsWith(' ')
  }

  close(name: string): void {
    if (name === 'text:ruby-text') this.#inReading--
    else if (name === 'text:p' && --this.#inParagraph === 0) this.#lines.push(this.#line)
  }

  end(): string {
    return this.#lines.join('\n')
  }

  /** Where its parts lead to, one a line; undefined if none is a link. */
  links(): string | undefined {
    return this.#links.length > 0 ? this.#links.join('\n') : undefined
  }

  #put(piece: string, row: number): void {
    if (this.#inParagraph === 0) return
    this.#line += piece
    this.#length += piece.length
    this.#endsInSpace = false
    if (this.#length > this.#limits.maxCellChars)
      throw new FileRefusal('cell-too-long', say('in-row', { row: row + 1 }))
  }

  #spaces(source: string): number {
    const count = Number(attributes(source)['text:c'] ?? 1)
    if (!(count >= 0 && count <= this.#limits.maxCellChars)) throw new FileRefusal('cell-too-long')
    return count
  }
}
