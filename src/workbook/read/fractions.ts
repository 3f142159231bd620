import { dec2frac } from 'numfmt'

/** Stands in a pattern for a fraction, which numfmt rounds up where it is nearly one: `6797 24/25` for 6796.96. */
export const FRACTION_MARK = '\ue006'

/** `# ?/?`, `??/??`, `0 ?/8`: of a section of a format. */
export interface FractionFormat {
  /** the placeholders of the whole number; '' for none: `7/2` */
  whole: string
  /** of a fixed denominator, otherwise how many digits it may have */
  denominator?: number
  digits: number
}

const FRACTION = /([#0?]+(?: |\\ |" "))?[#0?]+ ?\/ ?([#0?]+|[1-9]\d*)(?![^;"]*\/)/

/** The first fraction in a format, and the format with a mark instead of it and of all others like it. */
export function withoutFraction(code: string): { pattern: string; fraction: FractionFormat } | undefined {
  const [core, whole = '', below = ''] = FRACTION.exec(code) ?? []
  if (core === undefined) return undefined
  const fixed = /^[1-9]/.test(below)
  return {
    pattern: code.replaceAll(core, `"${FRACTION_MARK}"`),
    fraction: {
      whole: whole.replaceAll(/[^#0?]/g, ''),
      digits: below.length,
      ...(fixed && { denominator: Number(below) }),
    },
  }
}

/** `3 1/2`, without the blanks that align it; the sign is the format’s own. */
export function fractionText(number: number, { whole, digits, denominator }: FractionFormat): string {
  const size = Math.abs(number)
  const integer = whole === '' ? 0 : Math.trunc(size)
  const part = whole === '' ? size : size % 1
  const [above, below] = denominator
    ? [Math.round(part * denominator), denominator]
    : dec2frac(part, Infinity, digits)
  if (whole === '') return `${above}/${below}`
  if (above === below) return String(integer + 1)
  if (above === 0) return String(integer)
  return integer > 0 || whole.endsWith('0') ? `${integer} ${above}/${below}` : `${above}/${below}`
}
