import { builtInFormat, languageOf } from './built-in-formats.ts'
import { readXml } from './parts.ts'
import { attributes } from './xml.ts'

/** What a number with a number format means to a person. */
export type Meaning = 'number' | 'date' | 'time'

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

/** The number formats of a workbook’s styles, indexed by a cell’s `s`. */
export function readStyles(bytes: Uint8Array): string[] {
  const formats = new Map<string, string>()
  const ids: string[] = []
  let charset: string | undefined
  let fonts = 0
  let inCellStyles = false
  readXml(bytes, {
    open(name, source) {
      if (name === 'cellXfs') inCellStyles = true
      else if (name === 'font') fonts++
      else if (name === 'charset' && fonts === 1) charset = attributes(source)['val']
      else if (name === 'numFmt') {
        const { numFmtId = '', formatCode = '' } = attributes(source)
        formats.set(numFmtId, formatCode)
      } else if (name === 'xf' && inCellStyles) ids.push(attributes(source)['numFmtId'] ?? '0')
    },
    close(name) {
      if (name === 'cellXfs') inCellStyles = false
    },
  })
  const language = languageOf(charset)
  return ids.map((id) => formats.get(id) ?? builtInFormat(Number(id), language))
}
