import { readXml, type Relationship } from './parts.ts'
import { FileRefusal } from './refusal.ts'
import { attributes } from './xml.ts'
import type { Zip } from './zip.ts'

/**
 * Which of the workbook’s rich values are pictures. Excel writes a picture that is placed in a cell, a stock or a
 * place, and new kinds of errors (#SPILL!) all as the error #VALUE! with a number (`vm`) that leads through
 * metadata.xml to a rich value, whose structure has a type: `_localImage`, `_linkedentity2`, `_error`
 * ([MS-XLSX] 2.3.6).
 * @returns by `vm`, from 1; a number that leads nowhere is not in it
 */
export function richPictures(zip: Zip, parts: Map<string, Relationship>): Map<number, boolean> {
  const part = (type: string) => [...parts.values()].find((related) => related.type === type)?.target
  const names = [part('sheetMetadata'), part('rdRichValue'), part('rdRichValueStructure')] as const
  const found = new Map<number, boolean>()
  try {
    const [metadata, values, structures] = names.map((name) => name && zip.read(name))
    if (!metadata || !values || !structures) return found
    const types = listOf(structures, 's', 't')
    const structureOf = listOf(values, 'rv', 's')
    valueNumbers(metadata).forEach((value, i) => {
      const type = types[Number(structureOf[value])]
      if (type !== undefined) found.set(i + 1, /image/i.test(type))
    })
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error // damaged, and cells still have their values
  }
  return found
}

/** An attribute of each element of a name, in order. */
function listOf(bytes: Uint8Array, element: string, attribute: string): string[] {
  const list: string[] = []
  readXml(bytes, {
    open(name, source) {
      if (name === element) list.push(attributes(source)[attribute] ?? '')
    },
  })
  return list
}

/** The number of the rich value for each `vm`: valueMetadata’s records lead to futureMetadata’s, and these to it. */
function valueNumbers(bytes: Uint8Array): number[] {
  const types: string[] = []
  const values: number[] = []
  const records: { type: number; index: number }[] = []
  let list = ''
  readXml(bytes, {
    open(name, source) {
      if (name === 'metadataType') types.push(attributes(source)['name'] ?? '')
      else if (name === 'futureMetadata') list = attributes(source)['name'] ?? ''
      else if (name === 'valueMetadata') list = name
      else if (name.endsWith('rvb') && list === 'XLRICHVALUE') values.push(Number(attributes(source)['i']))
      else if (name === 'rc' && list === 'valueMetadata') {
        const { t, v } = attributes(source)
        records.push({ type: Number(t), index: Number(v) })
      }
    },
    close(name) {
      if (name === 'futureMetadata' || name === 'valueMetadata') list = ''
    },
  })
  return records.map(({ type, index }) => (types[type - 1] === 'XLRICHVALUE' ? (values[index] ?? NaN) : NaN))
}
