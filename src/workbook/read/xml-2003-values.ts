import { SYSTEM_DATE, SYSTEM_DATE_AND_TIME } from './built-in-formats.ts'
const DAY_MS = 86_400_000

/** The formats that have a name in XML Spreadsheet 2003. */
const NAMED: Record<string, string> = {
  'General Number': 'General',
  'General Date': SYSTEM_DATE_AND_TIME,
  'Long Date': 'dddd, mmmm d, yyyy',
  'Medium Date': 'd-mmm-yy',
  'Short Date': SYSTEM_DATE,
  'Long Time': 'h:mm:ss AM/PM',
  'Medium Time': 'h:mm AM/PM',
  'Short Time': 'h:mm',
  Currency: '"$"#,##0.00_);[Red]\\("$"#,##0.00\\)',
  'Euro Currency': '[$€-2] #,##0.00_);[Red]\\([$€-2] #,##0.00\\)',
  Fixed: '0.00',
  Standard: '#,##0.00',
  Percent: '0.00%',
  Scientific: '0.00E+00',
  'Yes/No': '"Yes";"Yes";"No"',
  'True/False': '"True";"True";"False"',
  'On/Off': '"On";"On";"Off"',
}

/** The number format that a style gives, by its name or as it is. */
export function formatNamed(format: string): string {
  return Object.hasOwn(NAMED, format) ? (NAMED[format] ?? format) : format
}

/**
 * The serial number of `2026-01-31T13:45:00.000`; a time of day has the date 1899-12-31. NaN if it is not a date.
 * @param is1904 days are counted from 1904-01-01
 */
export function serialOf(text: string, is1904: boolean): number {
  const found = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?)?Z?$/.exec(text.trim())
  if (!found) return Number.NaN
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0))
  const time = (hours * 3600 + minutes * 60 + seconds) / 86_400
  const days = Math.round(Date.UTC(year, month - 1, day) / DAY_MS)
  if (is1904) return days - Date.UTC(1904, 0, 1) / DAY_MS + time
  const since = days - Date.UTC(1899, 11, 30) / DAY_MS
  // Excel counts a 29 February 1900, which there was not.
  return (since < 61 ? since - 1 : since) + time
}
