import type { LookUpResult, Usage } from '../../engine/outcome.ts'
import type { Outputs } from '../../engine/task.ts'
import { quote } from '../client/server-text.ts'

/** How a run stands, as the end of a stream, a look-up or a blocking answer tells it. */
interface RunState {
  status: string
  outputs: Outputs
  error?: string | null | undefined
  usage: Usage
}

/**
 * What a run's own status means for the row. HTTP 200 says nothing: a workflow that failed has it too.
 * The statuses are those of Dify's WorkflowExecutionStatus.
 */
export function resultOfRun({ status, outputs, error, usage }: RunState): LookUpResult {
  const why = error ? `: “${quote(error)}”` : '.'
  switch (status) {
    case 'succeeded':
      return { kind: 'succeeded', outputs, usage }
    case 'partial-succeeded':
      return { kind: 'succeeded', outputs, usage, warning: `Some steps of the workflow failed${why}` }
    case 'failed':
      return { kind: 'failed', error: `The workflow failed${why}`, usage }
    case 'stopped':
      return { kind: 'failed', error: `The run was stopped in Dify${why}`, usage, stopped: true }
    case 'paused':
      return {
        kind: 'rejected',
        error:
          'The workflow waits for a person to fill in a form, which Rowbot cannot do. The run is paused in Dify.',
        usage,
      }
    case 'running':
    case 'scheduled':
    case 'pending':
      return { kind: 'running' }
    default:
      // A status of a newer Dify: whether it has ended is anybody's guess, so it is asked again.
      return { kind: 'lost', error: `Dify says the run is “${quote(status)}”, which Rowbot does not know.` }
  }
}
