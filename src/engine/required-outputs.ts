import type { Outcome } from './outcome.ts'
import type { Outputs } from './task.ts'

/** Outputs without which a row has failed, by name; a person has chosen them for the workflow. */
export type RequiredOutputs = readonly string[]

/** Which of these outputs are missing or empty: nothing, blanks, an empty list or object. Zero and `false` are answers. */
export function lackingOutputs(outputs: Outputs, required: RequiredOutputs = []): string[] {
  return required.filter((name) => isEmpty(Object.hasOwn(outputs, name) ? outputs[name] : undefined))
}

/**
 * A run that succeeded without such an output is a failed attempt, whether its end came by its stream or by a look-up:
 * the run is over and paid, so the next attempt is a new call. What it gave is kept.
 */
export function withRequired(outcome: Outcome, required: RequiredOutputs = []): Outcome {
  if (outcome.kind !== 'succeeded') return outcome
  const lacking = lackingOutputs(outcome.outputs, required)
  if (lacking.length === 0) return outcome
  const error = `The workflow gave no ${lacking.map((name) => `“${name}”`).join(' and no ')}.`
  return { kind: 'failed', error, usage: outcome.usage, incomplete: outcome.outputs }
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() === ''
  if (Array.isArray(value)) return value.every(isEmpty)
  return (
    value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0)
  )
}
