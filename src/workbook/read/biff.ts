import { countedCells } from './binary-cells.ts'
import { FileRefusal } from './refusal.ts'
import { FormatIds } from './format-ids.ts'

/** A record without content, which every reader skips. */
const SKIPPED = 0x0161
const BEGIN = new Set([0x0009, 0x0209, 0x0409, 0x0809])
const END = 0x000a
const FILE_PASS = 0x002f
const CONTINUE = 0x003c
const BOUND_SHEET = 0x0085
const WRITE_ACCESS = 0x005c
const MULTIPLE_NUMBERS = 0x00bd
const FORMAT = 0x041e
const FORMAT_OF_CELLS = 0x00e0
const FORMULAS = new Set([0x0006, 0x0206, 0x0406])
const CELLS = new Set([
  0x0002,
  0x0003,
  0x0004,
  0x0005,
  0x00d6,
  0x00fd,
  0x0203,
  0x0204,
  0x0205,
  0x027e,
  ...FORMULAS,
])
/** Everything else that matters: texts, formats, code page, dates, dimensions, rows, merged ranges, texts of formulas. */
const WANTED = new Set([
  0x00fc,
  0x001e,
  FORMAT,
  0x0043,
  0x0243,
  0x0443,
  0x0042,
  0x0022,
  0x0000,
  0x0200,
  0x0208,
  0x00e5,
  0x0007,
  0x0207,
  BOUND_SHEET,
  FORMAT_OF_CELLS,
  MULTIPLE_NUMBERS,
])

/** The code of an error cell that stands for a formula without a result: Excel has no such error. */
export const UNCALCULATED_ERROR = 0xfe

export interface Biff {
  /** the records to read: all others are blanked out, at the same offsets */
  bytes: Buffer
  /** BIFF8: Excel 97 and later; before, texts are in the code page of a country */
  isUnicode: boolean
}

/**
 * Checks the records of an .xls, and leaves only those that hold cells, so that the parser never sees drawings,
 * links, macros or formulas, which a hostile file may use to keep it busy. A formula without a result is made an
 * error cell of its own kind.
 * @throws FileRefusal `password`, `corrupt`, `too-many-cells`
 */
export function onlyCells(source: Uint8Array): Biff {
  const bytes = Buffer.from(source) // a copy: it is changed
  let depth = 0
  let isUnicode = false
  let version = 0
  let isWanted = false
  let cells = 0
  const formats = new FormatIds()
  const formulas = { blank: [] as number[], zero: [] as number[], calculated: 0, ofXlwt: false }
  for (let at = 0; at + 4 <= bytes.length;) {
    const type = bytes.readUInt16LE(at)
    const size = bytes.readUInt16LE(at + 2)
    if (type === 0 && depth === 0) break // padding
    const next = at + 4 + size
    if (next > bytes.length) throw new FileRefusal('corrupt')
    const isBegin = BEGIN.has(type)
    if (isBegin) depth++
    if (depth === 0) throw new FileRefusal('corrupt')
    if (isBegin && depth === 1) {
      version = versionOf(type, size >= 2 ? bytes.readUInt16LE(at + 4) : 0)
      isUnicode ||= version === 8
    }
    // The records of a chart inside of a sheet look like cells.
    const isInside = depth > 1
    if (type === END) depth--
    if (type === FILE_PASS) throw new FileRefusal('password')
    if (type === WRITE_ACCESS && bytes.toString('latin1', at + 4, at + 9) === 'None ') formulas.ofXlwt = true
    if (type !== CONTINUE)
      isWanted = !isInside && (isBegin || type === END || CELLS.has(type) || WANTED.has(type))
    if (type === BOUND_SHEET && size >= 6 && bytes[at + 9] !== 0) isWanted = false // a chart or macro sheet
    if (!isWanted) bytes.writeUInt16LE(SKIPPED, at)
    else if (FORMULAS.has(type)) blankFormula(bytes, at, size, version, formulas)
    else if (type === FORMAT_OF_CELLS && size >= 4) {
      bytes.writeUInt16LE(formats.plain(bytes.readUInt16LE(at + 6)), at + 6)
    }
    if (type === FORMAT && size >= 2) formats.define(bytes.readUInt16LE(at + 4))
    if (isWanted && CELLS.has(type)) cells++
    if (isWanted && type === MULTIPLE_NUMBERS) cells += Math.floor(size / 6)
    countedCells(cells)
    at = next
  }
  if (depth !== 0 || version === 0) throw new FileRefusal('corrupt')
  // xlwt and Spreadsheet::WriteExcel give no formula a result: the empty text, or 0. In files of others those are results.
  if (formulas.calculated === 0) {
    for (const at of formulas.ofXlwt ? formulas.blank : []) markUncalculated(bytes, at)
    for (const at of formulas.zero) markUncalculated(bytes, at)
  }
  return { bytes, isUnicode }
}

function versionOf(type: number, given: number): number {
  if (type === 0x0809) return given === 0x0500 ? 5 : 8
  return type === 0x0009 ? 2 : type === 0x0209 ? 3 : 4
}

/** Flags of a formula: to be calculated whenever the file is opened. */
const CALCULATE = 3

/** Removes a formula’s expression, which only takes time to parse, and notes whether it has a result. */
function blankFormula(
  bytes: Buffer,
  at: number,
  size: number,
  version: number,
  formulas: { blank: number[]; zero: number[]; calculated: number },
): void {
  const result = at + (version === 2 ? 11 : 10)
  const length = at + (version >= 5 ? 24 : 20)
  if (version === 2 || size < length - at - 2) return
  // Without an expression, as for one that the parser does not know.
  bytes.writeUInt16LE(0xffff, length)
  const isText = bytes.readUInt16LE(result + 6) === 0xffff
  if (isText && bytes[result] === 3) formulas.blank.push(result)
  else if ((bytes.readUInt16LE(result + 8) & CALCULATE) === CALCULATE && bytes.readDoubleLE(result) === 0) {
    formulas.zero.push(result)
  } else formulas.calculated++
}

function markUncalculated(bytes: Buffer, result: number): void {
  bytes.set([2, 0, UNCALCULATED_ERROR, 0, 0, 0, 0xff, 0xff], result)
}
