/** The text after a number for each unit of time: alone, and if a smaller unit follows (`…And`). */
export interface DurationUnits {
  second: string
  minute: string
  minuteAnd: string
  hour: string
  hourAnd: string
}

export const ENGLISH_UNITS: DurationUnits = {
  second: ' s',
  minute: ' min',
  minuteAnd: ' min',
  hour: ' h',
  hourAnd: ' h',
}

/**
 * A duration as a person would write it: `0.2 s`, `42 s`, `13 min 4 s`, `5 min`, `2 h 10 min`. Intl.DurationFormat
 * cannot do this: its short English is `13 min, 4 sec`, the narrow one `13m 4s`.
 */
export function durationText(ms: number, units = ENGLISH_UNITS): string {
  const tenths = Math.round(Math.max(0, ms) / 100) / 10
  if (tenths < 10) return `${tenths}${units.second}`
  const seconds = Math.round(Math.max(0, ms) / 1000)
  if (seconds < 60) return `${seconds}${units.second}`
  if (seconds < 3600)
    return seconds % 60 === 0
      ? `${seconds / 60}${units.minute}`
      : `${Math.floor(seconds / 60)}${units.minuteAnd} ${seconds % 60}${units.second}`
  const minutes = Math.round(seconds / 60)
  return minutes % 60 === 0
    ? `${minutes / 60}${units.hour}`
    : `${Math.floor(minutes / 60)}${units.hourAnd} ${minutes % 60}${units.minute}`
}

/** Rounds an estimate in ms: to whole minutes from one minute on, below that up to whole seconds, at least one. */
export function roughMs(ms: number): number {
  if (ms < 60_000) return Math.max(1, Math.ceil(ms / 1000)) * 1000
  return Math.round(ms / 60_000) * 60_000
}
