const DAY_SECONDS = 86_400
/** The day after 9999-12-31, which is the last day in Excel. */
const END_OF_DAYS = 2_958_466
/** Above this many days, a number with a time format is a date and time whose format shows only the time. */
const LONGEST_DURATION_DAYS = 10_000

/**
 * The date or time of a serial number: `YYYY-MM-DD`, `YYYY-MM-DDTHH:mm:ss`, or `HH:mm:ss` without a date (hours may
 * exceed 24). Undefined if it is not a valid one, such as a negative number.
 * @param is1904 days are counted from 1904-01-01 instead of 1899-12-31
 */
export function fromSerial(serial: number, meaning: 'date' | 'time', is1904: boolean): string | undefined {
  if (!(serial >= 0 && serial < END_OF_DAYS)) return undefined
  const seconds = Math.round(serial * DAY_SECONDS)
  if (meaning === 'time' && serial < LONGEST_DURATION_DAYS) return clock(seconds)
  if (!is1904 && serial < 1) return clock(seconds)
  const day = Math.floor(seconds / DAY_SECONDS)
  const time = seconds % DAY_SECONDS
  return time === 0 ? dateOf(day, is1904) : `${dateOf(day, is1904)}T${clock(time)}`
}

/** A date that the file has as text (`t="d"`), in the same formats. */
export function fromIso(text: string): string | undefined {
  const match = /^(?:(\d{4}-\d{2}-\d{2})(?:T|$))?(?:(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?Z?)?$/.exec(text.trim())
  if (!match) return undefined
  const [, date, clockText] = match
  const time = clockText?.length === 5 ? `${clockText}:00` : clockText
  if (!date) return time
  return !time || time === '00:00:00' ? date : `${date}T${time}`
}

/** The serial number of ISO text from one of the functions above, in the system of 1900. */
export function serialOf(iso: string): number {
  const [date, time] = iso.includes('-') ? iso.split('T') : [undefined, iso]
  const [hours = 0, minutes = 0, seconds = 0] = (time ?? '').split(':').map(Number)
  const days = date === undefined ? 0 : (Date.parse(date) - Date.UTC(1899, 11, 30)) / (DAY_SECONDS * 1000)
  return days + (hours * 3600 + minutes * 60 + seconds) / DAY_SECONDS
}

/** Excel has a 29 February 1900, which did not exist; people see it in Excel, so we show it, too. */
function dateOf(day: number, is1904: boolean): string {
  if (!is1904 && day === 60) return '1900-02-29'
  const start = is1904 ? Date.UTC(1904, 0, 1) : day < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30)
  return new Date(start + day * DAY_SECONDS * 1000).toISOString().slice(0, 10)
}

function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
