import { attribute, attributes } from '../../read/xml.ts'
import { relationships } from '../../read/parts.ts'
import type { Zip } from '../../read/zip.ts'
import { CannotCarry } from '../carried/cannot-carry.ts'
import { removeMacros } from '../carried/macros.ts'
import { type Package, relationshipIdIn } from '../carried/package.ts'
import { sheetName } from '../carried/sheet-name.ts'
import { appended, attributeText, freeSheetId } from '../carried/xml-text.ts'
import { areaOf, referenceTo } from './area.ts'

/** A workbook’s main part, its sheets, and its styles. */
export interface OwnPackage {
  pack: Package
  path: string
  styles: string
  /** the part of the sheet that has the rows */
  sheet: string
  /** its place in the list of sheets, from 0 */
  index: number
  /** names of all sheets, in lower case */
  taken: Set<string>
  /** it had macros, which are left out */
  hadMacros: boolean
}

/** @throws CannotCarry if it is not an .xlsx or .xlsm, or lacks a part */
export function openPackage(zip: Zip, pack: Package, sheet: string): OwnPackage {
  const path = [...relationships(zip, '').values()].find(({ type }) => type === 'officeDocument')?.target
  if (path === undefined || !path.endsWith('.xml') || !zip.has(path))
    throw new CannotCarry('it is not an .xlsx or .xlsm workbook', 'kind')
  const related = pack.relationships(path)
  const sheets = [...pack.text(path).matchAll(/<(?:[\w.-]+:)?sheet\s([^>]*)>/g)].map(([, source = '']) => {
    return { name: attributes(source)['name'] ?? '', part: related.get(relationshipIdIn(source))?.target }
  })
  const index = sheets.findIndex(({ name }) => name === sheet)
  const part = sheets[index]?.part
  const styles = [...related.values()].find(({ type }) => type === 'styles')?.target
  if (part === undefined || !zip.has(part)) throw new CannotCarry(`its sheet “${sheet}” was not found`)
  if (styles === undefined) throw new CannotCarry('it has no list of styles')
  return {
    pack,
    path,
    styles,
    sheet: part,
    index,
    taken: new Set(sheets.map(({ name }) => name.toLowerCase())),
    hadMacros: removeMacros(pack, path),
  }
}

/** A name that no sheet has: `Rowbot`, `Rowbot (2)`. */
export function freeSheetName(book: OwnPackage, name: string): string {
  return sheetName(name, book.taken)
}

/** Adds a sheet at the end. @returns the name of its part, which is to be written */
export function addSheet({ pack, path }: OwnPackage, name: string): string {
  const part = pack.freeName('xl/worksheets/sheet', '.xml')
  const id = pack.refer(path, 'worksheet', part)
  const source = pack.text(path)
  const given = `name="${attributeText(name)}" sheetId="${freeSheetId(source)}"`
  pack.set(
    path,
    appended(
      source,
      'sheets',
      (prefix) => `<${prefix}sheet xmlns:r="${pack.namespaces.rel}" ${given} r:id="${id}"/>`,
    ),
  )
  return part
}

/** Excel keeps a sheet’s filter a second time, as a hidden name. */
export function widenFilterName({ pack, path, index }: OwnPackage, from: number, to: number): void {
  const names = /(<(?:[\w.-]+:)?definedName\b[^>]*>)([^<]*)(?=<)/g
  const source = pack.text(path).replaceAll(names, (whole, tag: string, text: string) => {
    const isFilter = attribute(tag, 'name') === '_xlnm._FilterDatabase'
    if (!isFilter || attribute(tag, 'localSheetId') !== String(index)) return whole
    const [, sheet = '', reference = ''] = /^(.*!)([^!]+)$/.exec(text) ?? []
    const area = areaOf(reference)
    if (!area || area.right !== from) return whole
    const wide = referenceTo({ ...area, right: to })
    return tag + sheet + wide.replaceAll(/([A-Z]+)(\d+)/g, '$$$1$$$2')
  })
  pack.set(path, source)
}
