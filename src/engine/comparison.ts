import { canonical, inputHash } from './input-hash.ts'
import { trialRows } from './trial.ts'
import type { Inputs, Outputs, ResultRow } from './task.ts'
import type { Variable } from './workflow.ts'

/*
 * Two workflows, A and B, run the same rows. A comparison is a pair of tasks, one for each; what each row gave in both is
 * a pair of results.
 */

export const SIDES = ['a', 'b'] as const
export type SideName = (typeof SIDES)[number]

/** How many rows are compared unless somebody wants more: enough to see which is better, and paid twice. */
export const USUAL_COMPARED = 20

/** A row in both tasks. One is missing where the check of its workflow has left the row out. */
export interface ResultPair {
  row: number
  a?: ResultRow
  b?: ResultRow
}

/** Two outputs that are meant to say the same: of A, and of B. */
export interface OutputPair {
  a: string
  b: string
}

/** The outputs of one side, by name, in order: whether all that it gave were texts. */
export type OutputKinds = ReadonlyMap<string, { isText: boolean }>

/**
 * Which output of A is compared with which of B: those with the same name, and of the others the only text of each.
 */
export function pairOutputs(a: OutputKinds, b: OutputKinds): OutputPair[] {
  const pairs = [...a.keys()].filter((name) => b.has(name)).map((name) => ({ a: name, b: name }))
  const [textA, ...moreA] = textsOnlyIn(a, b)
  const [textB, ...moreB] = textsOnlyIn(b, a)
  const isOne = moreA.length === 0 && moreB.length === 0
  return textA !== undefined && textB !== undefined && isOne ? [...pairs, { a: textA, b: textB }] : pairs
}

function textsOnlyIn(kinds: OutputKinds, others: OutputKinds): string[] {
  return [...kinds].flatMap(([name, { isText }]) => (isText && !others.has(name) ? [name] : []))
}

/** Adds what a row gave to the kinds of its side. */
export function addKinds(kinds: Map<string, { isText: boolean }>, outputs: Outputs | null): void {
  for (const [name, value] of Object.entries(outputs ?? {})) {
    const isText = typeof value === 'string'
    kinds.set(name, { isText: isText && kinds.get(name)?.isText !== false })
  }
}

/**
 * True if both say the same in every output that is compared.
 * @returns undefined if one of them did not succeed, or no output of one is an output of the other
 */
export function areSame({ a, b }: ResultPair, outputs: readonly OutputPair[]): boolean | undefined {
  if (a?.status !== 'succeeded' || b?.status !== 'succeeded' || outputs.length === 0) return undefined
  return outputs.every((pair) => isSameOutput(outputOf(a, pair.a), outputOf(b, pair.b)))
}

export function isSameOutput(a: unknown, b: unknown): boolean {
  return normalForm(a) === normalForm(b)
}

/** An output may have the name of something that every object has, such as `constructor`. */
export function outputOf({ outputs }: Pick<ResultRow, 'outputs'>, name: string): unknown {
  return outputs && Object.hasOwn(outputs, name) ? (outputs[name] ?? null) : null
}

/** Blanks do not count, and in JSON neither does the order of keys, whether it came as a text or not. */
function normalForm(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'string') return canonical(value)
  const text = value.normalize('NFC').replaceAll(/\s+/g, ' ').trim()
  return /^[[{]/.test(text) ? (canonicalJson(value) ?? text) : text
}

function canonicalJson(text: string): string | undefined {
  try {
    return canonical(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** A row that can run in one of the two. */
interface RunnableRow {
  row: number
  inputs: Inputs
}

/**
 * The rows to compare: such as can run in both, and are called in both, chosen to differ as those of a trial.
 * @param equalOnce rows that send the same are called once
 * @returns none: all rows run
 */
export function rowsToCompare(
  a: readonly RunnableRow[],
  b: readonly RunnableRow[],
  { variables, count, equalOnce }: { variables: readonly Variable[]; count: number; equalOnce: boolean },
): number[] {
  const calledB = new Set(calledOf(b, equalOnce).map(({ row }) => row))
  const calledA = calledOf(a, equalOnce)
  const both = calledA.filter(({ row }) => calledB.has(row))
  if (count < 1 || Math.max(calledA.length, calledB.size) <= count) return []
  const chosen = trialRows(both, variables, count)
  return chosen.length > 0 ? chosen : both.map(({ row }) => row)
}

function calledOf(rows: readonly RunnableRow[], equalOnce: boolean): readonly RunnableRow[] {
  if (!equalOnce) return rows
  const seen = new Set<string>()
  return rows.filter(({ inputs }) => {
    const hash = inputHash(inputs)
    const isFirst = !seen.has(hash)
    seen.add(hash)
    return isFirst
  })
}
