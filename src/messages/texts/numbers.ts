import { decimalOf, type Nano } from '../../engine/money.ts'
import { type DurationUnits, durationText, roughMs } from '../../engine/duration.ts'

/** How a language writes numbers. */
export interface Numbers {
  /** `187,420` */
  count(value: number): string
  /** `4.5`, `18`: one decimal below ten */
  rough(value: number): string
  /** `$0.56`, `US$0.56`; small prices keep their digits */
  price(nano: Nano, currency: string): string
  /** `0.2 s`, `42 s`, `13 min 4 s`, `5 min`, `2 h 10 min` */
  duration(ms: number): string
  /** for estimates, in whole minutes from one minute on: `42 s`, `6 min` */
  roughDuration(ms: number): string
  /** of a file, with powers of ten as platforms show them: `820 KB`, `4.5 MB`, `212 MB` */
  size(bytes: number): string
  /** `14:02`, where this machine is */
  clock(at: number): string
  /** `December 1`, in UTC */
  date(at: number): string
  /** `Monday, November 23`, where this machine is */
  day(at: number): string
}

export function numbersOf(tag: string, units: DurationUnits): Numbers {
  const whole = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 })
  const minutes = new Intl.DateTimeFormat(tag, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const days = new Intl.DateTimeFormat(tag, { weekday: 'long', month: 'long', day: 'numeric' })
  const dates = new Intl.DateTimeFormat(tag, { month: 'long', day: 'numeric', timeZone: 'UTC' })
  const tenth = new Intl.NumberFormat(tag, { maximumFractionDigits: 1 })

  return {
    count: (value) => whole.format(value),
    rough: (value) => (value < 10 ? tenth : whole).format(value),
    price: (nano, currency) => priceText(tag, nano, currency),
    duration: (ms) => durationText(ms, units),
    roughDuration: (ms) => durationText(roughMs(ms), units),
    size: (bytes) =>
      bytes < 1e6
        ? `${whole.format(bytes / 1e3)} KB`
        : `${(bytes < 1e7 ? tenth : whole).format(bytes / 1e6)} MB`,
    clock: (at) => minutes.format(at),
    day: (at) => days.format(at),
    date: (at) => dates.format(at),
  }
}

/** Prices below 1 keep two significant digits, as a row may cost less than a cent. */
function priceText(tag: string, nano: Nano, currency: string): string {
  const zeros = decimalOf(nano).match(/^0\.(0*)/)?.[1]?.length
  const digits = zeros === undefined ? 2 : Math.min(6, zeros + 2)
  const digitsShown = { minimumFractionDigits: 2, maximumFractionDigits: digits }
  // As text it is not made a float; any decimal is valid.
  const value = decimalOf(nano) as Intl.StringNumericLiteral
  // Dify passes on what a plugin says, so the currency may be any text.
  if (!/^[A-Z]{3}$/.test(currency))
    return `${new Intl.NumberFormat(tag, digitsShown).format(value)} ${currency}`
  return new Intl.NumberFormat(tag, {
    style: 'currency',
    currency,
    // In Taiwan `$` alone is the New Taiwan dollar.
    currencyDisplay: tag === 'zh-TW' ? 'symbol' : 'narrowSymbol',
    ...digitsShown,
  }).format(value)
}
