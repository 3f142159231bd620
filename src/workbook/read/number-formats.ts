import { readXml } from './parts.ts'
import { attributes } from './xml.ts'

/** What a number with a number format means to a person. */
export type Meaning = 'number' | 'date' | 'time'

/**
 * The formats that have a number but no text in the file. 27–36 and 50–58 are dates and times in East Asian Excel and
 * WPS, and unused elsewhere (ECMA-376 part 1, 18.8.30).
 */
const BUILT_IN: Record<Exclude<Meaning, 'number'>, Set<number>> = {
  date: new Set([14, 15, 16, 17, 22, 27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58]),
  time: new Set([18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47, 55, 56]),
}

export function builtInMeaning(id: number): Meaning {
  if (BUILT_IN.date.has(id)) return 'date'
  return BUILT_IN.time.has(id) ? 'time' : 'number'
}

/** The meaning of a format such as `yyyy-mm-dd` or `0\d`, from its first section. */
export function meaningOf(format: string): Meaning {
  const bare = withoutLiterals(format)
  if (/\[(h+|m+|s+)\]/i.test(bare)) return 'time' // hours beyond 24
  const letters = bare
    .replaceAll(/\[[^\]]*\]/g, '') // colours, conditions, languages
    .replaceAll(/general|standard/gi, '')
    .replaceAll(/am\/pm|a\/p|上午\/下午/gi, 'h')
    .replaceAll(/s\.0+/gi, 's')
  if (/[0#?]/.test(letters)) return 'number'
  if (/[ydgb]|e(?![+-])|a{3}/i.test(letters)) return 'date'
  if (/[hs]/i.test(letters)) return 'time'
  return /m/i.test(letters) ? 'date' : 'number'
}

/** True for a format that shows a percentage, such as `0.0%`. */
export function isPercentage(format: string): boolean {
  return /^#?,?#*0(\.0+)?%/.test(format)
}

/** The number of digits to which a format such as `00000` (a postcode) pads whole numbers; 0 for none. */
export function paddedDigits(format: string): number {
  return /^0{2,15}(;|$)/.test(format) ? (format.split(';')[0]?.length ?? 0) : 0
}

/** The first section without quoted text, escaped characters, and padding and fill characters. */
function withoutLiterals(format: string): string {
  let out = ''
  for (let i = 0; i < format.length; i++) {
    const char = format[i]
    if (char === ';') break
    if (char === '\\' || char === '_' || char === '*') i++
    else if (char === '"') {
      const end = format.indexOf('"', i + 1)
      i = end < 0 ? format.length : end
    } else out += char
  }
  return out
}

/** How a style shows numbers. */
export interface NumberStyle {
  meaning: Meaning
  /** whole numbers are padded to at least so many digits; 0 for no padding */
  digits: number
  isPercentage: boolean
}

export const PLAIN: NumberStyle = { meaning: 'number', digits: 0, isPercentage: false }

/** The styles of a workbook, indexed by a cell’s `s`. */
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
  return styleOfFormat(format)
}

export function styleOfFormat(format: string): NumberStyle {
  return { meaning: meaningOf(format), digits: paddedDigits(format), isPercentage: isPercentage(format) }
}
