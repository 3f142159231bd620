import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import type { UploadFile } from '../types.ts'
import type { Book } from './book.ts'
import { decodeText } from './encoding.ts'
import { HeldBook } from './held-book.ts'
import { decodeEntities } from './html-entities.ts'
import { FileRefusal } from './refusal.ts'
import type { Value } from './value.ts'

/** A tag ends before the next `<` at the latest: otherwise a page of nothing but `<a ` would take hours. */
const TAG = /<!--[^]*?(?:-->|$)|<(\/?)([a-z][a-z0-9]*)((?:[^<>"']|"[^"<]*"|'[^'<]*')*)>|<|[^<]+/gi
const MAX_SPAN = 65_535
/** Of a cell; further ones are ignored. */
const MAX_LINKS = 100
/** What is in these is not shown. */
const UNSEEN = new Set(['style', 'script', 'comment', 'template'])

/**
 * Opens a web page that is called .xls, as many web applications export their tables: the page’s only table, every
 * cell as text. Nothing that it refers to is loaded.
 * @throws FileRefusal `html` if it does not have exactly one table, or has a form, as a sign-in page does
 */
export async function openHtmlTable(file: UploadFile, limits: Limits): Promise<Book> {
  const { text } = await decodeText(file.bytes, declaredEncoding(file.bytes))
  const tables = text.match(/<table\b/gi)?.length ?? 0
  if (tables !== 1 || /<(form|input)\b/i.test(text)) throw new FileRefusal('html')
  const start = text.search(/<table\b/i)
  const end = text.slice(start).search(/<\/table\s*>/i)
  const held = new HeldBook(limits)
  const name = file.name.replace(/^.*[/\\]/, '').replace(/\.xls$/i, '') || 'Table'
  const reader = new TableReader(limits)
  const sheet = held.sheet(name, false)
  for (const { row, cells, hidden, links } of reader.rows(
    end < 0 ? text.slice(start) : text.slice(start, start + end),
  )) {
    sheet.add(row, cells, hidden, 1, links)
  }
  return held.book({ webPage: true })
}

/** The encoding that the page names in its head. */
function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 2048))
  if (/^(\xff\xfe|\xfe\xff|\xef\xbb\xbf)/.test(head)) return undefined
  return /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(head)?.[1]
}

interface TableRow {
  row: number
  cells: Value[]
  hidden: boolean
  links: Map<number, string>
}

class TableReader {
  readonly #limits: Limits
  #row = 0
  #hidden = false
  #cells: Value[] = []
  #links = new Map<number, string>()
  #text: string | undefined
  /** where the parts of the cell lead to */
  #targets: string[] = []
  #span = { columns: 1, rows: 1 }
  /** for each column, the last row to which a cell from above reaches */
  readonly #reaches: number[] = []

  constructor(limits: Limits) {
    this.#limits = limits
  }

  *rows(source: string): Generator<TableRow> {
    let skipped: string | undefined
    for (const [whole, slash, tag, given = ''] of source.matchAll(TAG)) {
      const name = tag?.toLowerCase()
      if (skipped !== undefined) {
        if (slash && name === skipped) skipped = undefined
      } else if (name === undefined) {
        if (!whole.startsWith('<!--')) this.#add(whole)
      } else if (!slash && UNSEEN.has(name)) skipped = name
      else if (name === 'tr') {
        yield* this.#take()
        if (!slash) this.#begin(given)
      } else if (name === 'td' || name === 'th') {
        this.#put()
        if (!slash) this.#openCell(given)
      } else if (name === 'a' && !slash) this.#openLink(given)
      else if (name === 'br') this.#breakLine()
      else if (name === 'p' || name === 'div' || name === 'li') this.#breakLine(true)
    }
    yield* this.#take()
  }

  #begin(given: string): void {
    this.#row++
    this.#hidden = isHidden(given)
    this.#cells = []
  }

  *#take(): Generator<TableRow> {
    this.#put()
    if (this.#cells.length > 0)
      yield { row: this.#row, cells: this.#cells, hidden: this.#hidden, links: this.#links }
    this.#cells = []
    this.#links = new Map()
  }

  #openCell(given: string): void {
    if (this.#row === 0) this.#row = 1 // cells without a row
    this.#text = ''
    this.#targets = []
    this.#span = { columns: number(given, 'colspan'), rows: number(given, 'rowspan') }
  }

  #openLink(given: string): void {
    const [, , double, single, bare] =
      /(^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))/i.exec(given) ?? []
    const target = decodeEntities(double ?? single ?? bare ?? '').trim()
    if (target !== '' && this.#targets.length < MAX_LINKS) this.#targets.push(target)
  }

  #add(text: string): void {
    if (this.#text === undefined) return
    this.#text += text.replaceAll(/[ \t\r\n]+/g, ' ')
    // A character may be written with up to ten.
    if (this.#text.length > this.#limits.maxCellChars * 10)
      throw new FileRefusal('cell-too-long', say('in-row', { row: this.#row }))
  }

  /** @param onlyBetween not before the first line */
  #breakLine(onlyBetween = false): void {
    if (this.#text === undefined || (onlyBetween && /^\s*$/.test(this.#text))) return
    if (!onlyBetween || !this.#text.endsWith('\n')) this.#text += '\n'
  }

  #put(): void {
    if (this.#text === undefined) return
    let column = this.#cells.length
    while ((this.#reaches[column] ?? 0) >= this.#row) column++
    while (this.#cells.length < column) this.#cells.push(null)
    const text = decodeEntities(this.#text.replaceAll(/ *\n */g, '\n').trim())
    this.#text = undefined
    const { columns, rows } = this.#span
    if (this.#targets.length > 0) this.#links.set(column, this.#targets.join('\n'))
    // More columns than are taken need not be made to be refused.
    for (let i = 0; i < columns && this.#cells.length <= this.#limits.maxColumns; i++) {
      this.#cells.push(i === 0 ? text || null : null)
      if (rows > 1) this.#reaches[column + i] = this.#row + rows - 1
    }
  }
}

function isHidden(given: string): boolean {
  return /display\s*:\s*none/i.test(given) || /(^|\s)hidden(\s|=|$)/i.test(given)
}

function number(given: string, name: string): number {
  const count = Number(new RegExp(`\\b${name}\\s*=\\s*["']?(\\d{1,6})`, 'i').exec(given)?.[1] ?? 1)
  return Math.min(Math.max(count, 1), MAX_SPAN)
}
