import type { Trouble } from './circuit.ts'
import type { LearntState, PacedRate } from './learnt-together.ts'

/** Why a workflow is sent fewer calls than its settings allow. */
export type Slowdown =
  /** fewer at once */
  | { kind: 'throttled'; atOnce: number }
  /** no more than this many calls or tokens a minute get through */
  | { kind: 'paced'; perMinute: number | undefined; tokensPerMinute: number | undefined }
  | ({ kind: 'trouble' } & Trouble)

/** The same for a process that does not call the workflow, by what the machines that do have learnt. */
export function slowdownOf({ trouble, atOnce, paced }: LearntState): Slowdown | undefined {
  if (trouble) {
    const { since, lastAnswer, askedEveryMs } = trouble
    return { kind: 'trouble', since, lastAnswer, askedEveryMs }
  }
  if (atOnce !== undefined) return { kind: 'throttled', atOnce }
  return paceOf(Object.values(paced))
}

/** @param rates what each machine has learnt */
export function paceOf(rates: PacedRate[]): Slowdown | undefined {
  const perMinute = sumOf(rates.map(({ calls }) => calls))
  const tokensPerMinute = sumOf(rates.map(({ tokens }) => tokens))
  if (perMinute === undefined && tokensPerMinute === undefined) return undefined
  // Where nothing gets through, single calls still ask whether that has changed.
  if (perMinute === 0 || tokensPerMinute === 0) return { kind: 'paced', perMinute: 1, tokensPerMinute }
  return { kind: 'paced', perMinute, tokensPerMinute }
}

/** Rounded; undefined: none is known. */
function sumOf(parts: (number | undefined)[]): number | undefined {
  const some = parts.filter((part) => part !== undefined)
  return some.length === 0 ? undefined : Math.round(some.reduce((sum, part) => sum + part, 0))
}
