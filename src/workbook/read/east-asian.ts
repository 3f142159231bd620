// Parts of number formats that only East Asian Excel has, and numfmt has not: numerals, and years of an era.

/** How a language writes numbers: `[DBNum1]` plainly, `[DBNum2]` as on banknotes, `[DBNum3]` in full-width digits. */
export interface Numerals {
  digits: string
  /** for 10, 100 and 1000 */
  tens: string
  /** for 10⁴ and 10⁸ */
  myriads: string
  /** 1 is left out before 10, 100 and 1000: 百二十, not 一百二十 */
  omitsOne: boolean
}

const FULL_WIDTH = '０１２３４５６７８９'

/**
 * @param style the digit in `[DBNum1]`
 * @param code the language in the format, `804`; Chinese where there is none
 */
export function numeralsOf(style: string | undefined, code: string): Numerals | undefined {
  const isJapanese = code === '411'
  const isTraditional = code === '404' || code === 'c04' || code === '412'
  const myriads = isJapanese ? '万億' : isTraditional ? '萬億' : '万亿'
  const plain = { tens: '十百千', myriads, omitsOne: isJapanese }
  if (style === '1') return { digits: '〇一二三四五六七八九', ...plain }
  if (style === '3') return { digits: FULL_WIDTH, ...plain }
  if (style !== '2') return undefined
  if (isJapanese) return { digits: '〇壱弐参四伍六七八九', tens: '拾百阡', myriads: '萬億', omitsOne: false }
  return {
    digits: isTraditional ? '零壹貳參肆伍陸柒捌玖' : '零壹贰叁肆伍陆柒捌玖',
    tens: '拾佰仟',
    myriads,
    omitsOne: false,
  }
}

/** Digit by digit: `二〇二六`. */
export function spelled(text: string, { digits }: Numerals): string {
  return text.replaceAll(/\d/g, (digit) => digits[Number(digit)] ?? digit)
}

/** As it is spoken: `壹佰贰拾叁` for `123`; the digits after a point one by one. */
export function spoken(text: string, numerals: Numerals): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(.*)$/.exec(text) ?? []
  if (whole === '' || whole.length > MAX_SPOKEN) return spelled(text, numerals)
  return sign + wholeNumber(whole, numerals) + spelled(rest, numerals)
}

/** Up to 10¹², above which there are further words. */
const MAX_SPOKEN = 12

function wholeNumber(text: string, numerals: Numerals): string {
  const zero = numerals.digits[0] ?? ''
  const number = String(Number(text))
  if (number === '0') return zero
  let out = ''
  let skipped = false
  for (let i = 0; i < number.length; i++) {
    const place = number.length - 1 - i
    const digit = Number(number[i])
    if (digit === 0) skipped = true
    else {
      if (skipped && !numerals.omitsOne) out += zero
      skipped = false
      const unit = place % 4 === 0 ? '' : (numerals.tens[(place % 4) - 1] ?? '')
      out += (digit === 1 && unit !== '' && numerals.omitsOne ? '' : numerals.digits[digit]) + unit
    }
    const group = number.slice(Math.max(0, i - 3), i + 1)
    if (place > 0 && place % 4 === 0 && Number(group) > 0) out += numerals.myriads[place / 4 - 1] ?? ''
  }
  return out
}

/** In a date 十六日, not 一十六日. */
export function spokenInDate(text: string, numerals: Numerals): string {
  const said = spoken(text, numerals)
  const one = numerals.digits[1] ?? ''
  return /^1\d$/.test(text) && said.startsWith(one) ? said.slice(one.length) : said
}

interface Era {
  /** its first day, as ISO text */
  from: string
  /** for `g`, `gg` and `ggg` */
  names: [string, string, string]
}

const JAPANESE: Era[] = [
  { from: '2019-05-01', names: ['R', '令', '令和'] },
  { from: '1989-01-08', names: ['H', '平', '平成'] },
  { from: '1926-12-25', names: ['S', '昭', '昭和'] },
  { from: '1912-07-30', names: ['T', '大', '大正'] },
  { from: '1868-01-25', names: ['M', '明', '明治'] },
]
const TAIWANESE: Era[] = [{ from: '1912-01-01', names: ['', '民國', '中華民國'] }]

/**
 * The era of a day in the calendar of a language, and its year in it.
 * @param code the language in the format: `411` for Japan, `404` for Taiwan; others count as everybody does
 */
export function eraOf(date: string, code: string): { names: Era['names']; year: number } {
  const eras = code === '411' ? JAPANESE : code === '404' ? TAIWANESE : []
  const era = eras.find(({ from }) => date >= from)
  const year = Number(date.slice(0, 4))
  return era
    ? { names: era.names, year: year - Number(era.from.slice(0, 4)) + 1 }
    : { names: ['', '', ''], year }
}
