import type { Outcome, RunIds } from './outcome.ts'
import { type Chase, LEAVING, limited, remainingMs, resolve, STOPPED, timedOut, userOf } from './resolve.ts'
import type { Claim, Task } from './task.ts'
import type { Line, World } from './world.ts'

/**
 * What an attempt came to. `open`: the fate of its run is still not known. `askAfterMs`: Dify had no such run yet, and
 * is asked again after so long; the row waits for that in line, not in a lane.
 */
export interface Attempted {
  claim: Claim
  outcome: Outcome
  ids: RunIds
  open: boolean
  askAfterMs?: number
}

/**
 * Takes one claimed row through the workflow. A run whose fate is not known, from before a crash or because the
 * connection was cut, is asked after before anything else: nothing is paid twice that can be found again.
 * Undefined: this runner is leaving or the claim is lost, so there is nothing to settle.
 */
export async function attempt(
  claimed: Claim,
  task: Pick<Task, 'nonce' | 'timeoutSeconds' | 'retries'>,
  line: Line,
  world: World,
  signal: AbortSignal,
): Promise<Attempted | undefined> {
  const chase: Chase = { claim: claimed, ids: knownIds(claimed), task, line, world, signal }

  if (claimed.unresolved) {
    const fate = await resolve(chase)
    if (fate.kind === 'unlisted') {
      return attempted(chase, { kind: 'lost', error: UNHEARD }, { open: true, askAfterMs: fate.askAfterMs })
    }
    // A run that was stopped with its task is begun anew when the task is resumed.
    const anew = fate.kind === 'unknown' || (fate.kind === 'failed' && fate.stopped)
    if (!anew) return attempted(chase, fate, { open: fate.kind === 'halted' || fate.kind === 'lost' })
    if (claimed.failures > task.retries) return attempted(chase, { kind: 'rejected', error: UNHEARD }, CLOSED)

    const begun = await world.rows.beginAttempt(claimed, world.clock.now())
    if (!begun) return undefined
    chase.claim = begun
    chase.ids = {}
  }

  const outcome = await call(chase)
  if (outcome.kind !== 'lost') return attempted(chase, outcome, CLOSED)

  chase.lostAt = world.clock.now()
  const fate = await resolve(chase)
  if (fate.kind !== 'unknown' && fate.kind !== 'unlisted') {
    return attempted(chase, fate, { open: fate.kind === 'halted' || fate.kind === 'lost' })
  }
  const error = remainingMs(chase) > 0 ? `${outcome.error} No run of it was found.` : timedOut(chase)
  const after = fate.kind === 'unlisted' ? { open: true, askAfterMs: fate.askAfterMs } : CLOSED
  return attempted(chase, { kind: 'failed', error }, after)
}

const CLOSED = { open: false }
const UNHEARD = 'The connection was lost before Dify told of a run, and none was found.'

/** One call to Dify, no longer than the row's time limit. */
async function call(chase: Chase): Promise<Outcome> {
  const { claim, task, line, world } = chase
  const checkpoints: Promise<void>[] = []
  const cut = cutOf(chase)
  try {
    const outcome = await limited(world.clock, task.timeoutSeconds * 1000, cut.signal, (limit) =>
      line.app.run({
        inputs: claim.inputs,
        variables: line.variables,
        user: userOf(claim, task),
        signal: limit,
        onIds(ids) {
          Object.assign(chase.ids, ids)
          cut.idsKnown()
          const kept = world.rows.checkpoint(claim, ids)
          kept.catch(() => {}) // thrown below, where it is awaited
          checkpoints.push(kept)
        },
      }),
    )
    await Promise.all(checkpoints)
    Object.assign(chase.ids, outcome.ids)
    return outcome
  } finally {
    cut.done()
  }
}

/**
 * When the call is cut: at once, but for a run that is to be stopped and whose id is not known yet. Only by its id can it
 * be stopped at Dify, and the first event, which has it, is near.
 */
function cutOf({ signal, ids, world }: Chase) {
  const cut = new AbortController()
  const now = () => cut.abort()
  let cancel = () => {}
  const onAbort = () => {
    if (signal.reason === STOPPED && !ids.difyTaskId)
      cancel = world.clock.after(world.pace.stopWithinMs / 2, now)
    else now()
  }
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  return {
    signal: cut.signal,
    idsKnown() {
      if (signal.aborted && ids.difyTaskId) now()
    },
    done() {
      cancel()
      signal.removeEventListener('abort', onAbort)
    },
  }
}

function attempted(
  { claim, ids, signal }: Chase,
  outcome: Outcome,
  after: { open: boolean; askAfterMs?: number },
): Attempted | undefined {
  if (after.open && signal.aborted && signal.reason === LEAVING) return undefined
  return { claim, outcome, ids, ...after }
}

function knownIds({ workflowRunId, difyTaskId }: Claim): RunIds {
  return { ...(workflowRunId && { workflowRunId }), ...(difyTaskId && { difyTaskId }) }
}
