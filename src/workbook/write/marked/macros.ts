import { relationshipsOf, type Package } from './package.ts'
import { attributes } from '../../read/xml.ts'
import { CONTENT_TYPES } from './xml-text.ts'

const LIST = '[Content_Types].xml'

/**
 * Takes the macros out, as Excel does when it saves as .xlsx: their project and its signatures, the relationship to
 * it, and the type of the workbook. Excel does not open an .xlsx with them.
 * @throws if it has sheets of macros (before VBA), to which formulas may refer
 */
export function removeMacros(pack: Package, workbook: string): void {
  const types = pack.text(LIST)
  const related = [...pack.relationships(workbook).values()]
  if (related.some(({ type }) => type.endsWith('Macrosheet')))
    throw new Error('the workbook has macro sheets')
  const projects = related.filter(({ type }) => type === 'vbaProject').map(({ target }) => target)
  if (projects.length === 0 && !types.includes('macroEnabled')) return
  for (const project of projects) {
    for (const { target } of pack.relationships(project).values()) pack.removed.add(target.toLowerCase())
    pack.removed.add(project.toLowerCase())
    pack.removed.add(relationshipsOf(project).toLowerCase())
  }
  const list = types
    .replaceAll(
      /application\/vnd\.ms-excel\.(sheet|template)\.macroEnabled\.main\+xml/g,
      CONTENT_TYPES.workbook,
    )
    .replaceAll(/<(?:Default|Override)\b[^>]*>/g, (tag) => (isOfMacros(tag, pack.removed) ? '' : tag))
  pack.set(LIST, list)
  const rels = relationshipsOf(workbook)
  pack.set(rels, pack.text(rels).replaceAll(/<Relationship\b[^>]*\/vbaProject["'][^>]*>/g, ''))
}

function isOfMacros(tag: string, removed: Set<string>): boolean {
  const { PartName, ContentType = '' } = attributes(tag)
  if (PartName === undefined) return ContentType === 'application/vnd.ms-office.vbaProject'
  return removed.has(PartName.slice(1).toLowerCase())
}
