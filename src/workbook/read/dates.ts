const DAY_SECONDS = 86_400
/** 9999-12-31 is the last day that Excel knows. */
const END_OF_DAYS = 2_958_466
/** Beyond this many days a number under a time format is a moment that is shown without its date. */
const LONGEST_DURATION_DAYS = 10_000

/**
 * A serial number as the date or time it stands for: `YYYY-MM-DD`, `YYYY-MM-DDTHH:mm:ss`, or `HH:mm:ss` where there
 * is no date (hours may pass 24). Undefined where it stands for none, as a negative one does.
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

/** A date that the file gives as text already (`t="d"`), in the same forms. */
export function fromIso(text: string): string | undefined {
  const match = /^(?:(\d{4}-\d{2}-\d{2})(?:T|$))?(?:(\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?Z?)?$/.exec(text.trim())
  if (!match) return undefined
  const [, date, clockText] = match
  const time = clockText?.length === 5 ? `${clockText}:00` : clockText
  if (!date) return time
  return !time || time === '00:00:00' ? date : `${date}T${time}`
}

/** Excel counts a 29 February 1900 that never was; people see it, so we say it. */
function dateOf(day: number, is1904: boolean): string {
  if (!is1904 && day === 60) return '1900-02-29'
  const start = is1904 ? Date.UTC(1904, 0, 1) : day < 60 ? Date.UTC(1899, 11, 31) : Date.UTC(1899, 11, 30)
  return new Date(start + day * DAY_SECONDS * 1000).toISOString().slice(0, 10)
}

function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
