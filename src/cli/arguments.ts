import { InvalidArgumentError, Option } from 'commander'
import type { Range } from '../engine/parameters.ts'
import { labelOf } from '../workbook/read/decode.ts'
import type { Delimiter, Reading } from '../workbook/types.ts'
import type { GivenMapping } from './mapping.ts'

/** An option that takes a whole number within a range, which its help shows. */
export function ranged(
  flags: string,
  description: string,
  { min, max, ...rest }: Omit<Range, 'default'> & { default?: number },
): Option {
  const shown =
    rest.default === undefined
      ? `${description} (${min}–${max})`
      : `${description} (${min}–${max}, default ${rest.default})`
  return new Option(flags, shown).argParser((text) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  })
}

export function headingRow(): Option {
  return ranged('--heading-row <n>', 'the row that has the headings; default: found', {
    min: 1,
    max: 1_048_576,
  })
}

export function encoding(): Option {
  return new Option(
    '--encoding <name>',
    'of a CSV file, such as gb18030 or shift_jis; default: found',
  ).argParser((text) => labelOf(text))
}

export function delimiter(): Option {
  return new Option(
    '--delimiter <name>',
    'of a CSV file: comma, semicolon, tab or bar; default: found',
  ).argParser((text) => {
    const found = DELIMITERS.get(text.toLowerCase())
    if (found) return found
    throw new InvalidArgumentError('It must be comma, semicolon, tab or bar.')
  })
}

const DELIMITERS = new Map<string, Delimiter>([
  ['comma', ','],
  [',', ','],
  ['semicolon', ';'],
  [';', ';'],
  ['tab', '\t'],
  ['\t', '\t'],
  [String.raw`\t`, '\t'],
  ['bar', '|'],
  ['|', '|'],
])

/** What the options of a command say about how its file is read. */
export function readingOf(flags: Pick<Reading, 'sheet' | 'headingRow' | 'encoding' | 'delimiter'>): Reading {
  const { sheet, headingRow, encoding, delimiter } = flags
  return {
    ...(sheet !== undefined && { sheet }),
    ...(headingRow !== undefined && { headingRow }),
    ...(encoding !== undefined && { encoding }),
    ...(delimiter !== undefined && { delimiter }),
  }
}

/** Parses `input=heading`; the option may be repeated. */
export function mapped(text: string, before: GivenMapping = {}): GivenMapping {
  const [input = '', ...heading] = text.split('=')
  if (input.trim() === '' || heading.length === 0) {
    throw new InvalidArgumentError('Give an input and a heading: tone=Style (tone= leaves it empty).')
  }
  return { ...before, [input.trim()]: heading.join('=').trim() }
}

/** `31,88` */
export function rowNumbers(text: string): number[] {
  const rows = text.split(',').map(Number)
  if (rows.every((row) => Number.isInteger(row) && row > 0)) return rows
  throw new InvalidArgumentError('Give row numbers with commas between: 31,88.')
}

/** `a,b`: splits at commas; empty text gives an empty list. */
export function listed(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}
