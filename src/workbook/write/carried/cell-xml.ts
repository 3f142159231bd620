import type { Writable } from '../to-cell.ts'
import { xmlText } from './xml-text.ts'

/**
 * A cell’s XML; texts are inline, so that the workbook’s own table of texts stays as it is.
 * @param prefix of the sheet’s elements, with its colon
 */
export function cellXml(
  value: Writable['value'],
  reference: string,
  { prefix = '', style = 0, bold = false }: { prefix?: string; style?: number; bold?: boolean } = {},
): string {
  const given = `r="${reference}"${style > 0 ? ` s="${style}"` : ''}`
  if (value === null) return `<${prefix}c ${given}/>`
  if (typeof value === 'number') return `<${prefix}c ${given}><${prefix}v>${value}</${prefix}v></${prefix}c>`
  if (typeof value === 'boolean')
    return `<${prefix}c ${given} t="b"><${prefix}v>${value ? 1 : 0}</${prefix}v></${prefix}c>`
  const text = `<${prefix}t xml:space="preserve">${xmlText(value)}</${prefix}t>`
  const inside = bold
    ? `<${prefix}r><${prefix}rPr><${prefix}b/><${prefix}sz val="11"/><${prefix}rFont val="Calibri"/></${prefix}rPr>${text}</${prefix}r>`
    : text
  return `<${prefix}c ${given} t="inlineStr"><${prefix}is>${inside}</${prefix}is></${prefix}c>`
}
