import type { Inputs, Outputs } from '../engine/task.ts'
import type { Flag, FlagCode } from '../engine/flag.ts'
import { Lengths } from './lengths.ts'
import { Norm, valueOf } from './norm.ts'
import { ShortInputs, shortInputsOf } from './short-inputs.ts'
import { digestOf, hashOf, isClosed, traitsOf, type Traits } from './traits.ts'

/** With fewer rows nothing can be called usual. */
const ROWS_NEEDED = 8
/** Under this share of rows something is the exception … */
const RARE = 0.05
/** … or is hardly ever seen … */
const SCARCE = 0.01
/** … under this share it is seldom … */
const SELDOM = 0.2
/** … and at least this share makes something the rule. */
const RULE = 0.9

/** What one row gave, without its texts: small enough for all rows of a large task. */
export interface Judged {
  /** of its inputs: rows that ask the same have the same */
  asked: number
  /** its short inputs, as `name=value`: one of them may be the language to answer in */
  shortInputs: string[]
  /** its longest text among the inputs, which an answer may follow: a short question, a headline without a full stop */
  longest: { length: number; isClosed: boolean }
  outputs: { name: string; traits: Traits; asInput: string | undefined }[]
}

/** Learns what is usual in a task, row by row, then says what is not. The order of the rows does not matter. */
export class Judge {
  readonly #norms = new Map<string, Norm>()
  /** by output: what was asked and answered, as one number */
  readonly #answers = new Map<string, Set<number>>()
  readonly #lengths = new Lengths()
  readonly #shortInputs = new ShortInputs()

  /** Call it once for each row that succeeded. */
  add({ asked, shortInputs, longest, outputs }: Judged): void {
    this.#lengths.add(longest.length)
    for (const { name, traits, asInput } of outputs) {
      this.#normOf(name).add(traits, asInput !== undefined, this.#isNewAnswer(name, asked, traits.hash))
      if (traits.script) this.#shortInputs.add(shortInputs, `${name} ${traits.script}`)
    }
  }

  /** Of one row, at most one flag for each output: the gravest. Call it when all rows have been added. */
  flags({ shortInputs, longest, outputs }: Judged): Flag[] {
    const isShort = longest.length * FOLLOWS < this.#lengths.median
    const isEmpty = outputs.every(({ traits }) => traits.length === 0)
    return outputs.flatMap(({ name, traits, asInput }) => {
      const norm = this.#normOf(name)
      const isAsked =
        traits.script !== undefined && this.#shortInputs.explain(shortInputs, `${name} ${traits.script}`)
      const flag = flagOf(
        { traits, asInput, isEmpty, isAsked, asked: { isShort, isClosed: longest.isClosed } },
        norm,
      )
      return flag ? [{ output: name, ...flag }] : []
    })
  }

  /** False: another row has asked the same, and was answered the same. */
  #isNewAnswer(name: string, asked: number, hash: number): boolean {
    let answers = this.#answers.get(name)
    if (!answers) this.#answers.set(name, (answers = new Set()))
    const before = answers.size
    answers.add(asked + 3 * hash)
    return answers.size > before
  }

  #normOf(name: string): Norm {
    const found = this.#norms.get(name)
    if (found) return found
    const norm = new Norm()
    this.#norms.set(name, norm)
    return norm
  }
}

/** Shorter inputs and outputs may be equal by right: a name that needs no translation. */
const COMPARED = 12

/** @param traits default: worked out anew for each value */
export function judgedRow(
  inputs: Inputs,
  outputs: Outputs,
  traits: (value: unknown) => Traits = traitsOf,
): Judged {
  const asked = Object.entries(inputs).flatMap(([name, value]) =>
    typeof value === 'string' && value.trim().length >= COMPARED ? [{ name, hash: hashOf(value) }] : [],
  )
  const longest = Object.values(inputs)
    .flatMap((value) => (typeof value === 'string' ? [value.trim()] : []))
    .reduce((a, b) => (b.length > a.length ? b : a), '')
  return {
    asked: digestOf(JSON.stringify(inputs)),
    shortInputs: shortInputsOf(inputs),
    longest: { length: longest.length, isClosed: isClosed(longest) },
    outputs: Object.entries(outputs).map(([name, value]) => {
      const its = traits(value)
      const asInput = its.length < COMPARED ? undefined : asked.find(({ hash }) => hash === its.hash)?.name
      return { name, traits: its, asInput }
    }),
  }
}

/** Equal texts are suspicious only if they are long, and if the others differ. */
const SAME_LENGTH = 20
const SAME_ROWS = 5
const SHORT_OF = 10
const LONG = 80
const KANJI_LENGTH = 30
/** An input that is this much shorter than others may be answered shortly. */
const FOLLOWS = 3
const VALUES_ROWS = 20
const FEW_VALUES = 12
const VALUE_ROWS = 3
const VALUES_SHARE = 0.95

interface JudgedValue {
  traits: Traits
  asInput: string | undefined
  /** all outputs of the row are */
  isEmpty: boolean
  /** the row asked for this script */
  isAsked: boolean
  /** its longest input: shorter than those of other rows; ends as a sentence does */
  asked: { isShort: boolean; isClosed: boolean }
}

function flagOf(
  { traits, asInput, isEmpty, isAsked, asked }: JudgedValue,
  norm: Norm,
): { code: FlagCode; count?: number; input?: string } | undefined {
  // An output that is often empty (an optional remark) may be empty, but not all that a row gives.
  if (traits.length === 0) return isEmpty || norm.empty <= norm.count * SELDOM ? { code: 'empty' } : undefined
  if (traits.isRefusal) return { code: 'refusal' }
  if (norm.filled < ROWS_NEEDED) return undefined
  if (!traits.isJson && norm.json >= norm.filled * RULE) return { code: 'no-json' }
  if (asked.isClosed && isCut(traits, norm)) return { code: 'cut' }
  if (asInput !== undefined && norm.asInput <= norm.filled * RARE) return { code: 'as-input', input: asInput }
  const same = norm.same.get(traits.hash) ?? 1
  if (isAsOthers(traits, same, norm)) return { code: 'as-others', count: same - 1 }
  if (traits.script && !isAsked && isOtherScript(traits, norm)) return { code: 'script' }
  if (!asked.isShort && isShort(traits, norm)) return { code: 'short' }
  if (isOddValue(traits, norm)) return { code: 'odd-value' }
  return undefined
}

/** Only where the texts are prose, and end as prose does. */
function isCut({ isClosed, isJson, length }: Traits, norm: Norm): boolean {
  return (
    !isClosed && !isJson && norm.lengths.median >= LONG && length >= LONG && norm.closed >= norm.prose * RULE
  )
}

/** Where many are as short, as among answers to questions of all kinds, it says nothing. */
function isShort({ length }: Traits, norm: Norm): boolean {
  const limit = norm.lengths.median / SHORT_OF
  return (
    norm.lengths.median >= LONG &&
    length < limit &&
    norm.lengths.shorterThan(limit) <= Math.max(1, norm.filled * SCARCE)
  )
}

/** Where equal texts are common, as with labels, they say nothing. */
function isAsOthers({ length }: Traits, same: number, { same: all, filled }: Norm): boolean {
  return length >= SAME_LENGTH && same > SAME_ROWS && all.size >= filled / 2
}

function isOtherScript({ script, length }: Traits, norm: Norm): boolean {
  const { mainScript: main } = norm
  // A short Japanese text may have no kana.
  if (!main || (script === 'Han' && main.script === 'Kana' && length < KANJI_LENGTH)) return false
  return main.ofRows >= ROWS_NEEDED && script !== main.script && main.rows >= main.ofRows * RULE
}

/** Labels: a few values that nearly all rows have. */
function isOddValue({ short }: Traits, norm: Norm): boolean {
  if (norm.filled < VALUES_ROWS || !norm.values || norm.shorts < norm.filled * VALUES_SHARE) return false
  const often = norm.often(VALUE_ROWS)
  if (often.values > FEW_VALUES || often.rows < norm.filled * VALUES_SHARE) return false
  return short === undefined || (norm.values.get(valueOf(short)) ?? 0) < VALUE_ROWS
}
