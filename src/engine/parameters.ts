import type { Parameters } from './task.ts'
import { say } from './sentence.ts'
import { UserError } from './user-error.ts'

export interface Range {
  min: number
  max: number
  default: number
}

/** The allowed values and defaults. 1,200 s is also Dify's own limit for a run (WORKFLOW_MAX_EXECUTION_TIME). */
export const RANGES = {
  concurrency: { min: 1, max: 10, default: 3 },
  retries: { min: 0, max: 5, default: 2 },
  timeoutSeconds: { min: 60, max: 1200, default: 300 },
} as const satisfies Record<string, Range>

export const NAME_CHARS = 200

const OUT_OF_RANGE = {
  concurrency: 'concurrency-out-of-range',
  retries: 'retries-out-of-range',
  timeoutSeconds: 'time-limit-out-of-range',
} as const

/**
 * Checks parameters and fills in the defaults. Every face uses it, so the rules are the same everywhere.
 * @throws UserError that names the parameter and its range
 */
export function checkParameters(
  asked: Partial<Parameters> & { name: string },
  ranges: Record<keyof typeof RANGES, Range> = RANGES,
): Parameters {
  const name = asked.name.trim()
  if (name === '') throw new UserError(say('task-needs-name'))
  if ([...name].length > NAME_CHARS) throw new UserError(say('task-name-too-long', { max: NAME_CHARS }))
  return {
    name,
    concurrency: inRange('concurrency', asked.concurrency),
    retries: inRange('retries', asked.retries),
    timeoutSeconds: inRange('timeoutSeconds', asked.timeoutSeconds),
  }

  function inRange(key: keyof typeof RANGES, value = ranges[key].default): number {
    const { min, max } = ranges[key]
    if (Number.isInteger(value) && value >= min && value <= max) return value
    throw new UserError(say(OUT_OF_RANGE[key], { min, max, value }))
  }
}
