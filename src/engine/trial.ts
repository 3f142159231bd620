import type { Inputs, InputValue } from './task.ts'
import type { Variable } from './workflow.ts'

/** Who wants to see more than this has no trial in mind. */
export const MAX_SAMPLE = 1_000

/** A row that may be tried first. */
interface TrialRow {
  /** its number in the person's sheet */
  row: number
  inputs: Inputs
}

/**
 * The rows to try before all others, so that a few show as much as possible: each value of a select, of a checkbox and
 * of a column with few values, the shortest and the longest inputs, and optional inputs that are empty or filled. Where
 * that needs fewer rows than wanted, the others are spread evenly over the sheet. The same rows always give the same.
 * @param count how many; 1 is the first row of the sheet, as people expect
 * @returns their numbers in the sheet, ascending; none if there are not more rows than `count`: then all of them run
 */
export function trialRows(
  rows: readonly TrialRow[],
  variables: readonly Variable[],
  count: number,
): number[] {
  if (count < 1 || rows.length <= count) return []
  const chosen = count === 1 ? [0] : differing(traitsOf(rows, variables), count)
  const taken = new Set(chosen)
  const others = [...rows.keys()].filter((index) => !taken.has(index))
  const spread = evenly(others, count - chosen.length)
  return [...chosen, ...spread].toSorted((a, b) => a - b).flatMap((index) => rows[index]?.row ?? [])
}

/** Indices, the next one always with the most traits that no earlier one has; of several, the first in the sheet. */
function differing(traits: readonly (readonly string[])[], count: number): number[] {
  const chosen: number[] = []
  const seen = new Set<string>()
  const kinds = firstOfEachKind(traits)
  while (chosen.length < count) {
    let best = { index: -1, fresh: 0 }
    for (const index of kinds) {
      const its = traits[index] ?? []
      const fresh = its.reduce((sum, trait) => (seen.has(trait) ? sum : sum + 1), 0)
      if (fresh > best.fresh) best = { index, fresh }
    }
    if (best.index < 0) return chosen
    chosen.push(best.index)
    for (const trait of traits[best.index] ?? []) seen.add(trait)
  }
  return chosen
}

/** Of the rows with the same traits, the first: there are few kinds of rows, and thousands of rows. */
function firstOfEachKind(traits: readonly (readonly string[])[]): number[] {
  const first = new Map<string, number>()
  for (const [index, its] of traits.entries()) {
    const kind = its.join('\n')
    if (!first.has(kind)) first.set(kind, index)
  }
  return [...first.values()]
}

/** `count` of these, from the middle of as many equal parts. */
function evenly(from: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => from[Math.floor(((i + 0.5) * from.length) / count)] ?? 0)
}

/** For each row, what it is an example of. */
function traitsOf(rows: readonly TrialRow[], variables: readonly Variable[]): string[][] {
  const traits: string[][] = rows.map(() => [])
  for (const { name, type, required } of variables) {
    const texts = rows.map(({ inputs }) => shortText(inputs[name]))
    const isEmpty = rows.map(({ inputs }) => inputs[name] === undefined || inputs[name] === '')
    const values = new Set(texts)
    const isChoice = type === 'select' || type === 'checkbox'
    const hasFew = values.size <= FEW_VALUES && values.size * 2 <= rows.length && !values.has(undefined)
    for (const [index, its] of traits.entries()) {
      if (isEmpty[index]) {
        if (!required) its.push(`${name} is empty`)
      } else if (isChoice || hasFew) its.push(`${name} is ${texts[index]}`)
      else if (!required) its.push(`${name} is filled`)
    }
  }
  const lengths = rows.map(({ inputs }) => lengthOf(inputs))
  const sorted = lengths.toSorted((a, b) => a - b)
  const [shortest, longest] = [sorted[0] ?? 0, sorted.at(-1) ?? 0]
  if (shortest === longest) return traits
  traits[lengths.indexOf(shortest)]?.push('shortest')
  traits[lengths.indexOf(longest)]?.push('longest')
  return traits
}

/** More than this are no kinds of rows any more. */
const FEW_VALUES = 12
const VALUE_CHARS = 60

/** What a value is compared by; undefined: it is no short value, but a text of its own, a file or an object. */
function shortText(value: InputValue | undefined): string | undefined {
  if (value === undefined) return ''
  if (typeof value === 'object' || (typeof value === 'string' && value.length > VALUE_CHARS)) return undefined
  return String(value)
}

function lengthOf(inputs: Inputs): number {
  return Object.values(inputs).reduce<number>(
    (sum, value) => sum + (typeof value === 'object' ? 0 : String(value).length),
    0,
  )
}
