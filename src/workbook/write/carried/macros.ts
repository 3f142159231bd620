import { attribute } from '../../read/xml.ts'
import { CannotCarry } from './cannot-carry.ts'
import { relationshipsOf, type Package } from './package.ts'
import { CONTENT_TYPES } from './xml-text.ts'

const VBA_PROJECT = 'application/vnd.ms-office.vbaProject'
const PRINTER_SETTINGS = 'application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings'

/**
 * Takes the macros out, as Excel does when it saves as .xlsx: their project and its signatures, the relationship to
 * it, and the type of the workbook. Excel does not open an .xlsx with them, nor one that says it is a template.
 * @returns whether there were any
 * @throws CannotCarry if it has sheets of macros (before VBA), to which formulas may refer
 */
export function removeMacros(pack: Package, workbook: string): boolean {
  const related = [...pack.relationships(workbook).values()]
  if (related.some(({ type }) => /macrosheet$/i.test(type)))
    throw new CannotCarry('it has macro sheets', 'macro-sheets')
  const projects = related.filter(({ type }) => type === 'vbaProject').map(({ target }) => target)
  for (const project of projects) {
    for (const { target } of pack.relationships(project).values()) pack.remove(target)
    pack.remove(project)
  }
  pack.changeTypes((tag) => {
    const part = attribute(tag, 'PartName')?.slice(1).toLowerCase()
    const type = attribute(tag, 'ContentType') ?? ''
    if (part !== undefined && pack.removed.has(part)) return ''
    if (part === workbook.toLowerCase()) return tag.replace(type, CONTENT_TYPES.workbook)
    // Excel’s own way: every .bin is the macros; others, if there are any, are settings of printers.
    return type === VBA_PROJECT ? tag.replace(type, PRINTER_SETTINGS) : tag
  })
  if (projects.length === 0) return false
  const rels = relationshipsOf(workbook)
  const tags = /<(?:[\w.-]+:)?Relationship\b[^>]*\/vbaProject["'][^>]*>/g
  pack.set(rels, pack.text(rels).replaceAll(tags, ''))
  return true
}
