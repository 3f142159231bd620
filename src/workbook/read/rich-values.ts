import { readXml, type Relationship, relationships } from './parts.ts'
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
  const names = ['sheetMetadata', 'rdRichValue', 'rdRichValueStructure'].map((type) => partOf(parts, type))
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

/** The key of a structure whose value is a number of a picture in richValueRel.xml. */
const PICTURE_KEY = '_rvRel:LocalImageIdentifier'

/**
 * The pictures behind the rich values that have one in the file, as parts: a value has the number of a relationship of
 * richValueRel.xml.
 * @returns by `vm`, from 1
 */
export function richPictureParts(zip: Zip, parts: Map<string, Relationship>): Map<number, string> {
  const found = new Map<number, string>()
  const related = partOf(parts, 'richValueRel')
  const names = ['sheetMetadata', 'rdRichValue', 'rdRichValueStructure', 'richValueRel']
  try {
    const [metadata, values, structures, ids] = names.map((type) => readOf(zip, parts, type))
    if (!metadata || !values || !structures || !ids || related === undefined) return found
    const keys = groupsOf(structures, 's', 'k')
    const rich = groupsOf(values, 'rv', 'v')
    const targets = relationships(zip, related)
    const pictures = listOf(ids, 'rel', 'r:id').map((id) => targets.get(id)?.target)
    valueNumbers(metadata).forEach((value, i) => {
      const { of, items } = rich[value] ?? { of: '', items: [] }
      const at = keys[Number(of || NaN)]?.items.indexOf(PICTURE_KEY) ?? -1
      const picture = pictures[Number(items[at] ?? NaN)]
      if (picture !== undefined && zip.has(picture)) found.set(i + 1, picture)
    })
  } catch (error) {
    if (!(error instanceof FileRefusal)) throw error // damaged: they stay pictures of which we have no bytes
  }
  return found
}

function partOf(parts: Map<string, Relationship>, type: string): string | undefined {
  return [...parts.values()].find((related) => related.type === type)?.target
}

function readOf(zip: Zip, parts: Map<string, Relationship>, type: string): Uint8Array | undefined {
  const name = partOf(parts, type)
  return name === undefined ? undefined : zip.read(name)
}

/** Elements with the number of their structure (`s`), and what is in them: names (`n`) of keys, or texts of values. */
function groupsOf(bytes: Uint8Array, element: string, item: string): { of: string; items: string[] }[] {
  const groups: { of: string; items: string[] }[] = []
  let text: string | undefined
  readXml(bytes, {
    open(name, source) {
      if (name === element) groups.push({ of: attributes(source)['s'] ?? '', items: [] })
      if (name === item) text = attributes(source)['n'] ?? ''
    },
    text(piece) {
      if (text !== undefined) text += piece
    },
    close(name) {
      if (name !== item || text === undefined) return
      groups.at(-1)?.items.push(text)
      text = undefined
    },
  })
  return groups
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
