/**
 * A format of digits between literals, such as `"$"#,##0.00` or `0.0%`: nearly all numbers with a format have one, and
 * to write them here takes a tenth of the time that numfmt does.
 */
export interface SimpleFormat {
  before: string
  after: string
  /** digits after the point, at the same time the most that are kept */
  places: number
  /** at least so many digits before the point */
  digits: number
  isGrouped: boolean
  isPercentage: boolean
}

const LITERAL = String.raw`(?:"[^"]*"|\\.|_.|[-+$¥€£() ])*`
const SIMPLE = new RegExp(`^(${LITERAL})(#,##(?=0(?!0)))?(0+)(?:\\.(0+))?(${LITERAL})(%?)(${LITERAL})$`, 'u')

/** Of a pattern’s first section, which is the one of positive numbers if it has no condition. */
export function simpleFormat(pattern: string): SimpleFormat | undefined {
  const section = /^(?:"[^"]*"|\\.|_.|[^;"\\_])*/su.exec(pattern)?.[0] ?? ''
  const [found, before = '', group, whole = '', fraction = '', space = '', percent = '', after = ''] =
    SIMPLE.exec(section) ?? []
  if (found === undefined) return undefined
  return {
    before: literally(before),
    after: literally(space) + percent + literally(after),
    places: fraction.length,
    digits: whole.length,
    isGrouped: group !== undefined,
    isPercentage: percent !== '',
  }
}

function literally(text: string): string {
  return text.replaceAll(
    /"([^"]*)"|\\(.)|_./gsu,
    (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? ' ',
  )
}

/** Beyond these, numbers are written with an exponent, or not exactly. */
const LEAST = 1e-6
const MOST = 1e15

/** @returns undefined where numfmt has to do it: for zero, negative and very large numbers, and where one half is rounded */
export function simply(number: number, format: SimpleFormat): string | undefined {
  if (!(number >= LEAST && number < MOST)) return undefined
  const scaled = format.isPercentage ? Number((number * 100).toPrecision(15)) : number
  const text = String(scaled)
  const point = text.indexOf('.')
  const decimals = point < 0 ? 0 : text.length - point - 1
  // One half is not always just that in binary, so that toFixed() may round it down.
  if (decimals === format.places + 1 && text.endsWith('5')) return undefined
  const rounded =
    decimals > format.places ? scaled.toFixed(format.places) : withZeros(text, decimals, format.places)
  const end = format.places > 0 ? rounded.length - format.places - 1 : rounded.length
  let whole = rounded.slice(0, end).padStart(format.digits, '0')
  if (format.isGrouped && whole.length > 3) whole = grouped(whole)
  return format.before + whole + rounded.slice(end) + format.after
}

function withZeros(text: string, decimals: number, places: number): string {
  if (decimals === places) return text
  return (decimals === 0 ? `${text}.` : text) + '0'.repeat(places - decimals)
}

function grouped(digits: string): string {
  let out = digits.slice(-3)
  for (let end = digits.length - 3; end > 0; end -= 3)
    out = `${digits.slice(Math.max(0, end - 3), end)},${out}`
  return out
}
