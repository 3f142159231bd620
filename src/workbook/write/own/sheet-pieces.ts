import { attribute, endOfMarkup } from '../../read/xml.ts'
import { CannotCarry } from '../carried/cannot-carry.ts'

/** The text of a worksheet’s part, in pieces that together are the whole. */
export type SheetPiece =
  /** everything up to the rows, with the tag `<sheetData>` */
  | { kind: 'head'; text: string }
  /** a whole row, from its tag to its end */
  | { kind: 'row'; row: number; text: string }
  /** the first tag of an element after the rows, or of one inside the sheet’s filter */
  | { kind: 'tag'; name: string; text: string }
  /** anything else */
  | { kind: 'rest'; text: string }

/** No sheet has so much before its rows, and no row is so large. */
const MAX_HELD_CHARS = 64_000_000

/**
 * Splits a worksheet’s text into rows and what is around them, while it is unpacked. It does not check the XML: that
 * was done when the sheet was surveyed.
 * @throws CannotCarry if the part is not UTF-8, or has no rows
 */
export async function* sheetPieces(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<SheetPiece[]> {
  const splitter = new Splitter()
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode()
    } catch {
      throw new CannotCarry('its sheet is not written in UTF-8')
    }
  }
  for await (const chunk of bytes) yield splitter.split(decode(chunk))
  yield splitter.end(decode())
}

class Splitter {
  #text = ''
  /** where what has not been handed on begins */
  #from = 0
  /** how far it has been looked at */
  #at = 0
  #phase: 'head' | 'rows' | 'tail' = 'head'
  #depth = 0
  #prefix: string | undefined
  #row: number | undefined
  #inFilter = false
  #pieces: SheetPiece[] = []

  split(text: string): SheetPiece[] {
    this.#text = this.#text.slice(this.#from) + text
    this.#at -= this.#from
    this.#from = 0
    if (this.#text.length > MAX_HELD_CHARS) throw new CannotCarry('its sheet is written in an unusual way')
    for (;;) {
      const tag = this.#text.indexOf('<', this.#at)
      if (tag < 0) {
        this.#at = this.#text.length
        break
      }
      this.#at = tag
      const end = endOfMarkup(this.#text, tag)
      if (end < 0) break
      this.#markup(tag, end)
      this.#at = end
    }
    if (this.#phase === 'tail') this.#hand(this.#at)
    const pieces = this.#pieces
    this.#pieces = []
    return pieces
  }

  end(text: string): SheetPiece[] {
    const pieces = this.split(text)
    if (this.#phase !== 'tail') throw new CannotCarry('its sheet has no rows')
    const rest = this.#text.slice(this.#from)
    return rest === '' ? pieces : [...pieces, { kind: 'rest', text: rest }]
  }

  #markup(tag: number, end: number): void {
    const second = this.#text.charCodeAt(tag + 1)
    if (second === 0x3f /* ? */) {
      if (this.#phase === 'head') this.#declaration(this.#text.slice(tag, end))
      return
    }
    if (second === 0x21 /* ! */) return
    if (second === 0x2f /* / */) {
      this.#depth--
      this.#close(tag, end)
      return
    }
    const isEmpty = this.#text.charCodeAt(end - 2) === 0x2f
    this.#open(tag, end, isEmpty)
    if (!isEmpty) this.#depth++
  }

  #open(tag: number, end: number, isEmpty: boolean): void {
    if (this.#depth === 0) this.#prefix = /^<([\w.-]+:)?/.exec(this.#text.slice(tag, tag + 100))?.[1] ?? ''
    if (this.#phase === 'head') {
      if (this.#depth !== 1 || this.#nameAt(tag) !== 'sheetData') return
      if (isEmpty) throw new CannotCarry('its sheet has no rows')
      this.#pieces.push({ kind: 'head', text: this.#text.slice(0, end) })
      this.#from = end
      this.#phase = 'rows'
    } else if (this.#phase === 'rows') {
      if (this.#depth !== 2 || this.#nameAt(tag) !== 'row') return
      this.#hand(tag)
      this.#row = Number(attribute(this.#text.slice(tag, end), 'r'))
      if (isEmpty) this.#endRow(end)
    } else if (this.#depth === 1 || (this.#depth === 2 && this.#inFilter)) {
      const name = this.#nameAt(tag)
      if (this.#depth === 1) this.#inFilter = name === 'autoFilter' && !isEmpty
      this.#hand(tag)
      this.#pieces.push({ kind: 'tag', name, text: this.#text.slice(tag, end) })
      this.#from = end
    }
  }

  #close(tag: number, end: number): void {
    if (this.#phase !== 'rows') return
    if (this.#depth === 2 && this.#row !== undefined) this.#endRow(end)
    else if (this.#depth === 1) {
      this.#hand(tag)
      this.#phase = 'tail'
    }
  }

  #endRow(end: number): void {
    this.#pieces.push({ kind: 'row', row: this.#row ?? 0, text: this.#text.slice(this.#from, end) })
    this.#row = undefined
    this.#from = end
  }

  /** Hands on what lies before `to`. */
  #hand(to: number): void {
    if (to > this.#from) this.#pieces.push({ kind: 'rest', text: this.#text.slice(this.#from, to) })
    this.#from = to
  }

  /** Without the root’s prefix. */
  #nameAt(tag: number): string {
    const prefix = this.#prefix ?? ''
    const name = /^[^\s/>]+/.exec(this.#text.slice(tag + 1, tag + 100))?.[0] ?? ''
    return prefix !== '' && name.startsWith(prefix) ? name.slice(prefix.length) : name
  }

  #declaration(text: string): void {
    const encoding = /\sencoding=["']([\w.-]+)["']/.exec(text)?.[1]
    if (encoding && !/^utf-?8$/i.test(encoding)) throw new CannotCarry('its sheet is not written in UTF-8')
  }
}
