import type { LookUpResult } from '../../engine/outcome.ts'
import type { Usage } from '../../engine/run.ts'
import { type Coded, say } from '../../engine/sentence.ts'
import type { Outputs } from '../../engine/task.ts'
import { quote } from '../client/server-text.ts'
import { outcomeOfFailure } from '../failure.ts'

/** The state of a run from the end of a stream, a look-up or a blocking answer. */
interface RunState {
  status: string
  outputs: Outputs
  error?: string | null | undefined
  usage: Usage
  /** titles of the steps that failed, if the stream reported them */
  failedSteps?: string[]
  /** Dify has an end time for it, so the run is over even if we do not know its status */
  isOver?: boolean
}

/**
 * What a run's own status means for the row. HTTP 200 says nothing: failed workflows have it, too.
 * The statuses are those of Dify's WorkflowExecutionStatus.
 */
export function resultOfRun({
  status,
  outputs,
  error,
  usage,
  failedSteps = [],
  isOver = false,
}: RunState): LookUpResult {
  switch (status) {
    case 'succeeded':
      return success(outputs, usage)
    case 'partial-succeeded':
      return success(outputs, usage, partly(failedSteps, error))
    case 'failed':
      return outcomeOfFailure(error ?? '', usage)
    case 'stopped':
      return stopped(outputs, error, usage)
    case 'paused':
      return { kind: 'waiting', forms: [], usage }
    case 'running':
    case 'scheduled':
    case 'pending':
      return { kind: 'running' }
    default: {
      const says = say('unknown-run-status', { status: quote(status) })
      return isOver ? { kind: 'failed', error: says, usage } : { kind: 'lost', error: says }
    }
  }
}

/** Dify's default limit: it stops a run that takes longer (APP_MAX_EXECUTION_TIME). */
const LONGEST_RUN_SECONDS = 1_200

/**
 * A run that somebody stopped. Its words say nothing about the row, and its cost is unknown, not zero. But if Dify
 * stopped it because it took too long, another attempt costs as much and may end in the same way.
 */
function stopped(
  outputs: Outputs,
  error: string | null | undefined,
  { tokens, price, ...rest }: Usage,
): LookUpResult {
  const names = Object.keys(outputs)
  const says = error ? say('stopped-in-dify-with', { words: quote(error) }) : say('stopped-in-dify')
  return {
    kind: 'failed',
    error: names.length === 0 ? says : say('outputs-until-then', { error: says, outputs: names.map(quote) }),
    usage: { ...rest, ...(tokens && { tokens }), ...(price && { price }) },
    ...((rest.seconds ?? 0) < LONGEST_RUN_SECONDS && { stopped: true }),
    ...(names.length > 0 && fits(outputs) && { outputs }),
  }
}

function partly(failed: string[], error: string | null | undefined): Coded {
  const steps = [...new Set(failed)].map(quote)
  return error
    ? say('some-steps-failed-with', { steps, words: quote(error) })
    : say('some-steps-failed', { steps })
}

function success(outputs: Outputs, usage: Usage, warning?: Coded): LookUpResult {
  if (!fits(outputs)) {
    const error = say('nested-too-deep', { levels: DEEPEST })
    return { kind: 'rejected', error, usage }
  }
  return { kind: 'succeeded', outputs, usage, ...(warning !== undefined && { warning }) }
}

/** SQLite reads JSON to a depth of 1,000, and writing JSON takes stack for each level. */
const DEEPEST = 500

/** Level by level, not recursive, so that deep JSON cannot overflow the stack here. */
function fits(outputs: Outputs): boolean {
  let level: unknown[] = [outputs]
  for (let depth = 0; depth <= DEEPEST; depth++) {
    level = level.flatMap((value) =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    )
    if (level.length === 0) return true
  }
  return false
}
