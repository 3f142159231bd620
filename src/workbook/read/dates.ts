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

const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T|$)/
/** An offset (`Z`, `+02:00`) does not change what the clock shows. */
const ISO_TIME = /^(\d{2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?(?:Z|[+-]\d{2}:?\d{2})?$/
const ISO_DURATION = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,11}(?:\.\d+)?)S)?)?$/

/**
 * A date, time or duration that the file has as text (`t="d"`, ISO 8601), in the same formats. Excel writes 16:00:00 as
 * 15:59:59.9999998, so it is rounded to whole seconds, as in `fromSerial`.
 */
export function fromIso(text: string): string | undefined {
  const iso = text.trim()
  const [duration, days, hours, minutes, seconds] = ISO_DURATION.exec(iso) ?? []
  if (duration !== undefined) {
    const isEmpty = [days, hours, minutes, seconds].every((part) => part === undefined)
    return isEmpty ? undefined : clock(Math.round(secondsOf(days, hours, minutes, seconds)))
  }
  const [date, year, month, day] = ISO_DATE.exec(iso) ?? []
  const rest = iso.slice(date?.length ?? 0)
  const [time, hour, minute, second] = ISO_TIME.exec(rest) ?? []
  if (rest !== '' && time === undefined) return undefined
  const whole = Math.round(secondsOf('0', hour, minute, second))
  if (date === undefined) return time === undefined ? undefined : clock(whole)
  return dateAndTime(Number(year), Number(month), Number(day), whole)
}

function secondsOf(days = '0', hours = '0', minutes = '0', seconds = '0'): number {
  return Number(days) * DAY_SECONDS + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

/** Undefined for a date or an hour that does not exist. The time may have been rounded up to the next day. */
function dateAndTime(year: number, month: number, day: number, seconds: number): string | undefined {
  const start = new Date(0)
  start.setUTCFullYear(year, month - 1, day)
  if (start.getUTCMonth() !== month - 1 || start.getUTCDate() !== day || seconds > DAY_SECONDS)
    return undefined
  const moment = new Date(start.getTime() + seconds * 1000)
  if (moment.getUTCFullYear() > 9999) return undefined
  const shown = moment.toISOString().slice(0, 'YYYY-MM-DDTHH:mm:ss'.length)
  return shown.replace(/T00:00:00$/, '')
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
