import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { ResultRow } from '../../engine/task.ts'
import type { ResultHeader } from '../types.ts'
import { columnsOf, extraOutputs, type Column, type ResultWriter } from './columns.ts'
import { clean, isRisky, readable } from './to-cell.ts'

/** Excel takes a CSV file for UTF-8 only where it begins with this mark. */
const BYTE_ORDER_MARK = '\ufeff'

/** A result as CSV (RFC 4180, UTF-8). Texts are whole, whatever their length. */
export class CsvResult implements ResultWriter {
  readonly #stream: WriteStream
  readonly #header: ResultHeader
  readonly #columns: Column[]

  constructor(path: string, header: ResultHeader) {
    this.#header = header
    this.#columns = columnsOf(header)
    this.#stream = createWriteStream(path)
    this.#stream.write(BYTE_ORDER_MARK + line(this.#columns.map(({ heading }) => heading)))
  }

  async add(rows: ResultRow[]): Promise<void> {
    const lines = rows.map((row) => {
      // An output that has no column is kept in a cell of its own at the end of its line.
      const extra = extraOutputs(row, this.#header).map(([name, value]) => `${name}: ${readable(value)}`)
      return line([...this.#columns.map(({ of }) => of(row)), ...extra])
    })
    if (!this.#stream.write(lines.join(''))) await once(this.#stream, 'drain')
  }

  async finish(): Promise<void> {
    this.#stream.end()
    await finished(this.#stream)
  }
}

function line(values: unknown[]): string {
  return `${values.map(field).join(',')}\r\n`
}

/** In CSV there is no type to say that a text is none: one that begins like a formula gets an apostrophe (OWASP). */
function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  const text = clean(readable(value))
  const safe = isRisky(text) ? `'${text}` : text
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
