import { readXml, type Relationship, relationships } from './parts.ts'
import { rangeOf, type CellRange } from './ranges.ts'
import { FileRefusal } from './refusal.ts'
import { attributes, type XmlHandler } from './xml.ts'
import type { Zip } from './zip.ts'

// What lies on a worksheet besides its cells, in parts of their own. A damaged one does not refuse the workbook.

/** A table that was made with “Format as Table”. */
export interface NamedTable {
  /** its headings, data and totals */
  range: CellRange
  /** rows of totals at its end */
  totals: number
}

const MAX_PARTS = 100
/** A drawing with ten thousand pictures has 10 MB. */
const MAX_BYTES = 16 * 1024 * 1024

export function tablesOn(zip: Zip, sheet: string): NamedTable[] {
  const tables: NamedTable[] = []
  for (const part of partsOf(zip, sheet, 'table')) {
    readIfWhole(zip, part, {
      open(name, source) {
        if (name !== 'table') return
        const { ref, totalsRowCount = '0' } = attributes(source)
        const range = rangeOf(ref)
        if (range) tables.push({ range, totals: Number(totalsRowCount) || 0 })
      },
    })
  }
  return tables
}

/** The parts of a type that belong to a sheet. */
export function partsOf(zip: Zip, sheet: string, type: string): string[] {
  const targets = [...relatedParts(zip, sheet).values()]
    .filter((part) => part.type === type)
    .map(({ target }) => target)
  return [...new Set(targets)].slice(0, MAX_PARTS)
}

/** The relationships of a part; none if they are damaged. */
export function relatedParts(zip: Zip, part: string): Map<string, Relationship> {
  try {
    return relationships(zip, part)
  } catch (error) {
    return passOver(error, new Map<string, Relationship>())
  }
}

export function readIfWhole(zip: Zip, part: string, handler: XmlHandler): void {
  try {
    const bytes = zip.read(part, MAX_BYTES)
    if (bytes) readXml(bytes, handler)
  } catch (error) {
    passOver(error, undefined)
  }
}

function passOver<T>(error: unknown, otherwise: T): T {
  if (error instanceof FileRefusal) return otherwise
  throw error
}
