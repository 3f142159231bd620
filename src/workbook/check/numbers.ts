/**
 * The number that a text is, if it can be read in one way only: digits with a point, with a sign in any of the forms
 * of accounting (`-5`, `−5`, `5-`, `(5)`), in full-width or other digits. A whole number with more digits than a
 * JavaScript number holds is given as text, of which the server reads all digits.
 */
export function readNumber(text: string): number | string | undefined {
  const { isNegative, rest } = signed(plainDigits(text))
  if (!/^(\d+\.?\d*|\.\d+)$/.test(rest)) return undefined
  const number = Number(rest)
  if (!Number.isFinite(number)) return undefined
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return isNegative ? `-${rest}` : rest
  return isNegative && number !== 0 ? -number : number
}

/**
 * What a person probably means by `1,204`, `1.200,50`, `25%`, `1e3`, `12 kg` or `(€5)`: the number in it, if there is
 * exactly one. It is only proposed, never sent.
 */
export function guessNumber(text: string): string | undefined {
  const { isNegative, rest } = signed(plainDigits(text))
  const run = NUMBER.exec(rest)
  if (!run) return undefined
  const [whole, minus, digits = '', exponent = ''] = run
  const after = rest.slice(run.index + whole.length)
  if (/\d/.test(rest.slice(0, run.index) + after)) return undefined
  const bare = ungrouped(digits.trim())
  if (bare === undefined) return undefined
  const sign = isNegative || minus ? '-' : ''
  const isPercentage = after.trim() === '%'
  if (exponent === '' && !isPercentage) return sign + bare
  const number = Number(bare + exponent) / (isPercentage ? 100 : 1)
  return Number.isFinite(number) ? sign + Number(number.toPrecision(15)) : undefined
}

/** A minus only where it is not a hyphen, as it is in `A-5`; digits with what may stand between them. */
const NUMBER = /(?<![\w.])(-)?((?:\d|\.\d)(?:[\d.,'’ _]*\d)?)(e[+-]?\d+)?/i

/** Full-width, Arabic and other digits and signs, as the ones of ASCII. */
function plainDigits(text: string): string {
  return text
    .normalize('NFKC')
    .trim()
    .replaceAll(/[−–‒]/g, '-')
    .replaceAll(/(?![0-9])\p{Nd}/gu, (digit) => String(digitValue(digit)))
}

/** The decimal digits of every script are ten characters in a row, from zero to nine. */
function digitValue(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  let zero = code
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero--
  return code - zero
}

function signed(text: string): { isNegative: boolean; rest: string } {
  const [, inBrackets] = /^\(\s*([^()-]+?)\s*\)$/.exec(text) ?? []
  if (inBrackets !== undefined) return { isNegative: true, rest: inBrackets }
  const [, before = '', rest = '', after = ''] = /^([+-]?)\s*(.*?)\s*(-?)$/s.exec(text) ?? []
  const signs = before + after
  return signs.length > 1 ? { isNegative: false, rest: text } : { isNegative: signs === '-', rest }
}

/** `1204.5` for `1,204.5`, `1.204,5`, `1 204,5`; undefined if it may be more than one number. */
function ungrouped(text: string): string | undefined {
  const solid = text.replaceAll(/(?<=\d)[ '’_](?=\d{3}(?!\d))/g, '')
  if (/[ '’_]/.test(solid)) return undefined
  const comma = solid.lastIndexOf(',')
  const point = solid.lastIndexOf('.')
  if (comma < 0) return /\..*\./.test(solid) ? withoutGroups(solid, '.') : solid
  if (point < 0) {
    if (solid.indexOf(',') !== comma || /^[1-9]\d{0,2},\d{3}$/.test(solid)) return withoutGroups(solid, ',')
    return solid.replace(',', '.')
  }
  const [group, decimal] = comma > point ? (['.', ','] as const) : ([',', '.'] as const)
  const [whole = '', fraction = '', ...more] = solid.split(decimal)
  const digits = withoutGroups(whole, group)
  return more.length > 0 || digits === undefined ? undefined : `${digits}.${fraction}`
}

/** Groups are of three digits, in India of two before the last one. */
function withoutGroups(text: string, group: ',' | '.'): string | undefined {
  const groups = text.split(group)
  const isWhole = groups.every((digits, i) =>
    i === 0
      ? /^\d{1,3}$/.test(digits)
      : i === groups.length - 1
        ? digits.length === 3
        : /^\d{2,3}$/.test(digits),
  )
  return isWhole ? groups.join('') : undefined
}
