import { builtInMeaning, isPercentage, meaningOf, paddedDigits, type Meaning } from './formats.ts'
import { readXml } from './parts.ts'
import { attributes } from './xml.ts'

/** What a style makes of the numbers under it. */
export interface NumberStyle {
  meaning: Meaning
  /** whole numbers are shown with at least so many digits; 0 for no padding */
  digits: number
  isPercentage: boolean
}

export const PLAIN: NumberStyle = { meaning: 'number', digits: 0, isPercentage: false }

/** The styles of a workbook, by the index that a cell's `s` gives. */
export function readStyles(bytes: Uint8Array): NumberStyle[] {
  const formats = new Map<string, string>()
  const styles: NumberStyle[] = []
  let inCellStyles = false
  readXml(bytes, {
    open(name, source) {
      if (name === 'cellXfs') inCellStyles = true
      else if (name === 'numFmt') {
        const { numFmtId = '', formatCode = '' } = attributes(source)
        formats.set(numFmtId, formatCode)
      } else if (name === 'xf' && inCellStyles) {
        const id = attributes(source)['numFmtId'] ?? '0'
        styles.push(styleOf(id, formats.get(id)))
      }
    },
    close(name) {
      if (name === 'cellXfs') inCellStyles = false
    },
  })
  return styles
}

function styleOf(id: string, format: string | undefined): NumberStyle {
  if (format === undefined)
    return { meaning: builtInMeaning(Number(id)), digits: 0, isPercentage: id === '9' || id === '10' }
  return { meaning: meaningOf(format), digits: paddedDigits(format), isPercentage: isPercentage(format) }
}
