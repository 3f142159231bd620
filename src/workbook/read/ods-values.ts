import { withoutNoise } from './shown.ts'
import { rawText, shownText, type Value } from './value.ts'

// An OpenDocument spreadsheet has both a cell’s value and what the cell shows, so no number format is applied.

/** @param shown the cell’s text; '' if the file has none */
export function odsNumber(stored: number, shown: string, isPercentage: boolean): Value {
  if (!Number.isFinite(stored)) return shown || null
  // LibreOffice writes truth values of other programs as numbers.
  if ((stored === 1 && shown === 'TRUE') || (stored === 0 && shown === 'FALSE')) return stored === 1
  const number = withoutNoise(stored)
  // Some programs write all digits of the binary form as the text, which no program shows.
  if (shown === '' || shown === shownText(number) || shown === String(stored)) return number
  const raw = rawOf(number, shown, isPercentage)
  if (isHashes(shown)) return { number, shown, ...raw, loses: 'hashes' }
  const isShort = /^-?\d[\d.,]*E[+-]?\d+$/i.test(shown) && Number(shown.replaceAll(',', '.')) !== number
  return isShort ? { number, shown, ...raw, loses: 'digits' } : { number, shown, ...raw }
}

/** Zero-padded numbers and percentages keep their look where raw values are sent. */
function rawOf(number: number, shown: string, isPercentage: boolean): { raw?: string } {
  if (isPercentage) return { raw: `${rawText(withoutNoise(number * 100))}%` }
  return /^0+\d+$/.test(shown) && Number(shown) === number ? { raw: shown } : {}
}

/** @param iso a date or a time of day as ISO text; undefined if the file’s is not one */
export function odsDate(iso: string | undefined, shown: string): Value {
  if (iso === undefined) return shown || null
  if (shown === '' || shown === iso) return iso
  if (isHashes(shown)) return { date: iso, shown, loses: 'hashes' }
  return hasYear(iso, shown) ? { date: iso, shown } : { date: iso, shown, loses: 'year' }
}

/** Also of a time of day, which has none to lose. */
function hasYear(iso: string, shown: string): boolean {
  const date = /^(\d{4})-\d\d-(\d\d)/.exec(iso)
  if (!date || shown.includes('年')) return true // 年: also the year of an era
  const [year, day] = [Number(date[1]), Number(date[2])]
  const numbers = (shown.match(/\d+/g) ?? []).map(Number)
  const at = numbers.indexOf(day)
  return numbers.includes(year) || (at >= 0 ? numbers.toSpliced(at, 1) : numbers).includes(year % 100)
}

/** A column too narrow for the number. */
function isHashes(shown: string): boolean {
  return /^#+$/.test(shown)
}

/** `PT13H45M30S`, also of more than 24 hours, as `13:45:30`. */
export function clock(duration: string): string | undefined {
  const found = /^P(?:(\d+)D)?T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(duration)
  if (!found) return undefined
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0))
  const total = Math.round(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
