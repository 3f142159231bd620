import { InvalidArgumentError, Option } from 'commander'
import { NotRows, rowRangesOf } from '../workbook/row-ranges.ts'
import type { RowRange } from '../workbook/types.ts'
import type { Range } from '../engine/parameters.ts'
import type { GivenConstants, GivenMapping } from './mapping.ts'

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

/** Parses `input=heading`; the option may be repeated. */
export function mapped(text: string, before: GivenMapping = {}): GivenMapping {
  const [input = '', ...heading] = text.split('=')
  if (input.trim() === '' || heading.length === 0) {
    throw new InvalidArgumentError('Give an input and a heading: tone=Style (tone= leaves it empty).')
  }
  return { ...before, [input.trim()]: heading.join('=').trim() }
}

/** Parses `input=value`; the option may be repeated. */
export function setTo(text: string, before: GivenConstants = {}): GivenConstants {
  const [input = '', ...value] = text.split('=')
  if (input.trim() === '' || value.join('=').trim() === '') {
    throw new InvalidArgumentError('Give an input and its value: tone=formal.')
  }
  return { ...before, [input.trim()]: value.join('=') }
}

/** The same for all rows. Repeated with the paths of files, it is a list of them: `shots=@a.png` and `shots=@b.png`. */
export function setForAll(text: string, before: GivenConstants = {}): GivenConstants {
  const given = setTo(text)
  const both = Object.entries(given).map(([input, value]) => {
    const first = Object.hasOwn(before, input) ? before[input] : undefined
    const isList = first?.startsWith('@') && value.startsWith('@')
    return [input, isList ? `${first}\n${value}` : value] as const
  })
  return { ...before, ...Object.fromEntries(both) }
}

/** Parses `name=value`, which may be empty; the option may be repeated. */
export function putTo(text: string, before: Record<string, string> = {}): Record<string, string> {
  const [name = '', ...value] = text.split('=')
  if (name.trim() === '' || value.length === 0)
    throw new InvalidArgumentError('Give a name and its value: copy="A lamp." (copy= makes it empty).')
  return { ...before, [name.trim()]: value.join('=') }
}

/** Each time the option is given, one more. */
export function further(text: string, before: string[] = []): string[] {
  return [...before, text]
}

/** `31` */
export function rowNumber(text: string): number {
  const [row, ...others] = rowNumbers(text)
  if (row !== undefined && others.length === 0) return row
  throw new InvalidArgumentError('Give the number of one row.')
}

/** `31,88` */
export function rowNumbers(text: string): number[] {
  const rows = text.split(',').map(Number)
  if (rows.every((row) => Number.isInteger(row) && row > 0)) return rows
  throw new InvalidArgumentError('Give row numbers with commas between: 31,88.')
}

/** `3-40,88` */
export function rowRanges(text: string): RowRange[] {
  try {
    return rowRangesOf(text)
  } catch (fault) {
    if (fault instanceof NotRows) throw new InvalidArgumentError('Give row numbers: 3-40,88.')
    throw fault
  }
}

/** `a,b`: splits at commas; empty text gives an empty list. */
export function listed(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}
