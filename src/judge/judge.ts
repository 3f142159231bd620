import type { Inputs, Outputs } from '../engine/task.ts'
import type { Flag, FlagCode } from '../engine/flag.ts'
import { Norm, valueOf } from './norm.ts'
import { ShortInputs, shortInputsOf } from './short-inputs.ts'
import { hashOf, traitsOf, type Traits } from './traits.ts'

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
  asked: number | bigint
  /** its short inputs, as `name=value`: one of them may be the language to answer in */
  shortInputs: string[]
  outputs: { name: string; traits: Traits; asInput: string | undefined }[]
}

/** Learns what is usual in a task, row by row, then says what is not. The order of the rows does not matter. */
export class Judge {
  readonly #norms = new Map<string, Norm>()
  readonly #answers = new Set<string>()
  readonly #shortInputs = new ShortInputs()

  /** Call it once for each row that succeeded. */
  add({ asked, shortInputs, outputs }: Judged): void {
    for (const { name, traits, asInput } of outputs) {
      const answer = `${asked} ${traits.hash} ${name}`
      this.#normOf(name).add(traits, asInput !== undefined, !this.#answers.has(answer))
      this.#answers.add(answer)
      if (traits.script) this.#shortInputs.add(shortInputs, `${name} ${traits.script}`)
    }
  }

  /** Of one row, at most one flag for each output: the gravest. Call it when all rows have been added. */
  flags({ shortInputs, outputs }: Judged): Flag[] {
    const isEmpty = outputs.every(({ traits }) => traits.length === 0)
    return outputs.flatMap(({ name, traits, asInput }) => {
      const norm = this.#normOf(name)
      const isAsked =
        traits.script !== undefined && this.#shortInputs.explain(shortInputs, `${name} ${traits.script}`)
      const flag = flagOf({ traits, asInput, isEmpty, isAsked }, norm)
      return flag ? [{ output: name, ...flag }] : []
    })
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

/** @param ignore names of outputs that are not looked at, such as files */
export function judgedRow(inputs: Inputs, outputs: Outputs, ignore = new Set<string>()): Judged {
  const asked = Object.entries(inputs).flatMap(([name, value]) =>
    typeof value === 'string' && value.trim().length >= COMPARED ? [{ name, hash: hashOf(value) }] : [],
  )
  return {
    asked: Bun.hash(JSON.stringify(inputs)),
    shortInputs: shortInputsOf(inputs),
    outputs: Object.entries(outputs)
      .filter(([name]) => !ignore.has(name))
      .map(([name, value]) => {
        const traits = traitsOf(value)
        const asInput =
          traits.length < COMPARED ? undefined : asked.find(({ hash }) => hash === traits.hash)?.name
        return { name, traits, asInput }
      }),
  }
}

/** Equal texts are suspicious only if they are long, and if the others differ. */
const SAME_LENGTH = 20
const SAME_ROWS = 5
const SHORT_OF = 10
const LONG = 80
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
}

function flagOf(
  { traits, asInput, isEmpty, isAsked }: JudgedValue,
  norm: Norm,
): { code: FlagCode; count?: number; input?: string } | undefined {
  // An output that is often empty (an optional remark) may be empty, but not all that a row gives.
  if (traits.length === 0) return isEmpty || norm.empty <= norm.count * SELDOM ? { code: 'empty' } : undefined
  if (traits.isRefusal) return { code: 'refusal' }
  if (norm.filled < ROWS_NEEDED) return undefined
  if (!traits.isJson && norm.json >= norm.filled * RULE) return { code: 'no-json' }
  if (isCut(traits, norm)) return { code: 'cut' }
  if (asInput !== undefined && norm.asInput <= norm.filled * RARE) return { code: 'as-input', input: asInput }
  const same = norm.same.get(traits.hash) ?? 1
  if (isAsOthers(traits, same, norm)) return { code: 'as-others', count: same - 1 }
  if (traits.script && !isAsked && isOtherScript(traits.script, norm)) return { code: 'script' }
  if (isShort(traits, norm)) return { code: 'short' }
  if (isOddValue(traits, norm)) return { code: 'odd-value' }
  return undefined
}

/** Only where the texts are prose, and end as prose does. */
function isCut({ isClosed, isJson, length }: Traits, norm: Norm): boolean {
  return !isClosed && !isJson && norm.median >= LONG && length >= LONG && norm.closed >= norm.prose * RULE
}

/** Where many are as short, as among answers to questions of all kinds, it says nothing. */
function isShort({ length }: Traits, norm: Norm): boolean {
  const limit = norm.median / SHORT_OF
  return norm.median >= LONG && length < limit && norm.shorterThan(limit) <= Math.max(1, norm.filled * SCARCE)
}

/** Where equal texts are common, as with labels, they say nothing. */
function isAsOthers({ length }: Traits, same: number, { same: all, filled }: Norm): boolean {
  return length >= SAME_LENGTH && same > SAME_ROWS && all.size >= filled / 2
}

function isOtherScript(script: NonNullable<Traits['script']>, norm: Norm): boolean {
  const total = [...norm.scripts.values()].reduce((sum, count) => sum + count, 0)
  const [main, count] = [...norm.scripts].reduce((a, b) => (b[1] > a[1] ? b : a))
  return total >= ROWS_NEEDED && script !== main && count >= total * RULE
}

/** Labels: a few values that nearly all rows have. */
function isOddValue({ short }: Traits, norm: Norm): boolean {
  if (norm.filled < VALUES_ROWS || !norm.values || norm.shorts < norm.filled * VALUES_SHARE) return false
  const often = [...norm.values].filter(([, count]) => count >= VALUE_ROWS)
  const covered = often.reduce((sum, [, count]) => sum + count, 0)
  if (often.length > FEW_VALUES || covered < norm.filled * VALUES_SHARE) return false
  return short === undefined || (norm.values.get(valueOf(short)) ?? 0) < VALUE_ROWS
}
