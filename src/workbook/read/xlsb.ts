import { say } from '../../engine/sentence.ts'
import type { Limits } from '../limits.ts'
import { stored } from '../write/carried/archive.ts'
import { countedCells } from './binary-cells.ts'
import type { Book } from './book.ts'
import { FormatIds } from './format-ids.ts'
import { relationships } from './parts.ts'
import { FileRefusal } from './refusal.ts'
import { readBinary } from './sheetjs.ts'
import type { Zip } from './zip.ts'

const LAST_ROW = 1_048_575
const LAST_COLUMN = 16_383
const MAX_MERGES = 10_000

/** The records that matter, by part (MS-XLSB 2.3). */
const SHEET_ENTRY = 0x009c
const WORKBOOK = new Set([SHEET_ENTRY, 0x0099])
const TEXTS = new Set([0x009f, 0x0013, 0x00a0])
const FORMAT = 0x002c
const CELL_STYLE = 0x002f
const STYLES = new Set([FORMAT, 0x0269, CELL_STYLE, 0x026a])
const ROW = 0x0000
const MERGE = 0x00b0
/** Cells that name their column. */
const CELLS = new Set([
  0x0002, 0x0003, 0x0004, 0x0005, 0x0006, 0x0007, 0x0008, 0x0009, 0x000a, 0x000b, 0x003e,
])
/** Cells to the right of the one before. */
const SHORT_CELLS = new Set([0x000d, 0x000e, 0x000f, 0x0010, 0x0011, 0x0012])

/**
 * Opens an .xlsb. Its parts are unpacked under our limits and reduced to the records that hold cells; the parser gets
 * a new archive of those alone, and so never sees links, drawings, macros or formulas.
 * @param path of its workbook part
 */
export async function openXlsb(zip: Zip, path: string, limits: Limits): Promise<Book> {
  const parts = relationships(zip, path)
  const sheets = [...parts].filter(([, { type }]) => type === 'worksheet')
  const ids = new Set(sheets.map(([id]) => id))
  const whole = (name: string) => {
    const bytes = zip.read(name, limits.maxUnpackedBytes)
    if (!bytes) throw new FileRefusal('corrupt', say('part-missing', { part: name }))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }
  const only = (type: string) => [...parts.values()].find((part) => part.type === type)?.target
  const found = new Map<string, Uint8Array>()
  found.set(
    'xl/workbook.bin',
    reduced(whole(path), (type, data) => isWanted(type, data, ids)),
  )
  const counter = { cells: 0 }
  sheets.forEach(([, { target }], i) =>
    found.set(`xl/worksheets/sheet${i + 1}.bin`, cellsOf(whole(target), counter)),
  )
  const texts = only('sharedStrings')
  if (texts !== undefined && zip.has(texts)) {
    found.set(
      'xl/sharedStrings.bin',
      reduced(whole(texts), (type) => TEXTS.has(type)),
    )
  }
  const styles = only('styles')
  if (styles !== undefined) found.set('xl/styles.bin', stylesOf(whole(styles)))
  if (sheets.length === 0) throw new FileRefusal('no-sheets')
  found.set('xl/_rels/workbook.bin.rels', Buffer.from(relationshipsXml([...ids])))
  found.set('[Content_Types].xml', Buffer.from(contentTypes([...found.keys()])))
  const archive = stored(found)
  return readBinary(Buffer.from(archive.buffer, archive.byteOffset, archive.byteLength), limits)
}

/** Chart and macro sheets are left out of the list of sheets. */
function isWanted(type: number, data: Buffer, ids: Set<string>): boolean {
  if (type !== SHEET_ENTRY) return WORKBOOK.has(type)
  const length = data.readUInt32LE(8)
  return ids.has(data.toString('utf16le', 12, 12 + length * 2))
}

function stylesOf(part: Buffer): Buffer {
  const formats = new FormatIds()
  return reduced(part, (type, data) => {
    if (type === FORMAT) formats.define(data.readUInt16LE(0))
    if (type === CELL_STYLE) data.writeUInt16LE(formats.plain(data.readUInt16LE(2)), 2)
    return STYLES.has(type)
  })
}

/** @param counter of all sheets */
function cellsOf(part: Buffer, counter: { cells: number }): Buffer {
  let last = -1
  let merges = 0
  return reduced(part, (type, data) => {
    if (type === ROW) {
      const row = data.readUInt32LE(0)
      // Values of rows out of order would land on the wrong line.
      if (row <= last || row > LAST_ROW)
        throw new FileRefusal('corrupt', say('row-out-of-place', { row: row + 1 }))
      last = row
      return true
    }
    if (type === MERGE) return ++merges <= MAX_MERGES
    const isCell = CELLS.has(type)
    if (!isCell && !SHORT_CELLS.has(type)) return false
    if (last < 0 || (isCell && data.readUInt32LE(0) > LAST_COLUMN)) {
      throw new FileRefusal('corrupt', say('cell-out-of-place'))
    }
    countedCells(++counter.cells)
    return true
  })
}

/** The records that `keep` takes, one after the other. It may change their data. */
function reduced(part: Buffer, keep: (type: number, data: Buffer) => boolean): Buffer {
  const rest = Buffer.alloc(part.length)
  let length = 0
  try {
    for (let at = 0; at < part.length;) {
      const start = at
      let type = part.readUInt8(at++)
      if (type >= 0x80) type = (type & 0x7f) + ((part.readUInt8(at++) & 0x7f) << 7)
      let size = 0
      for (let i = 0; i < 4; i++) {
        const byte = part.readUInt8(at++)
        size += (byte & 0x7f) << (7 * i)
        if (byte < 0x80) break
      }
      const end = at + size
      if (end > part.length) throw new FileRefusal('corrupt')
      if (keep(type, part.subarray(at, end))) length += part.copy(rest, length, start, end)
      at = end
    }
  } catch (error) {
    throw error instanceof RangeError ? new FileRefusal('corrupt') : error // a record that is too short
  }
  return rest.subarray(0, length)
}

const RELATIONSHIPS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'

/** @param ids of the sheets, as in the workbook part */
function relationshipsXml(ids: string[]): string {
  const list = ids.map(
    (id, i) =>
      `<Relationship Id="${escaped(id)}" Type="${RELATIONSHIPS}/worksheet" Target="worksheets/sheet${i + 1}.bin"/>`,
  )
  return `<Relationships xmlns="${PACKAGE}/relationships">${list.join('')}</Relationships>`
}

function contentTypes(names: string[]): string {
  const list = names.flatMap((name) => {
    const kind = /(workbook|worksheets|sharedStrings|styles)[^.]*\.bin$/.exec(name)?.[1]
    if (!kind) return []
    const type = { workbook: 'sheet.binary.macroEnabled.main', worksheets: 'worksheet' }[kind] ?? kind
    return [`<Override PartName="/${name}" ContentType="application/vnd.ms-excel.${type}"/>`]
  })
  return `<Types xmlns="${PACKAGE}/content-types">${list.join('')}</Types>`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
