import type { WriteStream } from 'node:fs'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { ResultRow } from '../../engine/task.ts'
import type { ResultHeader } from '../types.ts'
import { columnsOf, extraOutputs, type Column, type ResultWriter } from './columns.ts'
import { clean, isRisky, readable } from './to-cell.ts'

/** Excel reads a CSV file as UTF-8 only if it begins with this. */
export const BYTE_ORDER_MARK = '\ufeff'

/** A result as CSV (RFC 4180, UTF-8). Texts are never cut. */
export class CsvResult implements ResultWriter {
  readonly #stream: WriteStream
  readonly #header: ResultHeader
  readonly #columns: Column[]

  constructor(file: WriteStream, header: ResultHeader) {
    this.#header = header
    this.#columns = columnsOf(header)
    this.#stream = file
    this.#stream.write(BYTE_ORDER_MARK + csvLine(this.#columns.map(({ heading }) => heading)))
  }

  async add(rows: ResultRow[]): Promise<void> {
    const lines = rows.map((row) => {
      // Outputs that have no column go into extra cells at the end of their line.
      const extra = extraOutputs(row, this.#header).map(([name, value]) => `${name}: ${readable(value)}`)
      return csvLine([...this.#columns.map(({ of }) => of(row)), ...extra])
    })
    if (!this.#stream.write(lines.join(''))) await once(this.#stream, 'drain')
  }

  async finish(): Promise<void> {
    this.#stream.end()
    await finished(this.#stream)
  }
}

/** One line of a CSV file, with its end. */
export function csvLine(values: unknown[]): string {
  return `${values.map(field).join(',')}\r\n`
}

/** CSV has no types: text that begins like a formula gets an apostrophe in front (OWASP). */
function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
  const text = clean(readable(value))
  const safe = isRisky(text) ? `'${text}` : text
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
