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
    if ('askAfterMs' in fate) return later(chase, { kind: 'lost', error: UNHEARD }, fate.askAfterMs)

    const isStopped = fate.kind === 'failed' && fate.stopped === true
    if (fate.kind !== 'unknown' && !(isStopped && claimed.stopped)) {
      // Stopped by us when its time was up, and only now known to be.
      const late = isStopped && remainingMs(chase) <= 0
      return attempted(chase, late ? { ...fate, error: timedOut(chase) } : fate)
    }
    if (claimed.failures > task.retries) return attempted(chase, { kind: 'rejected', error: UNHEARD })

    const usage = 'usage' in fate ? fate.usage : undefined
    const begun = await world.rows.beginAttempt(claimed, world.clock.now(), usage)
    if (!begun) return undefined
    chase.claim = begun
    chase.ids = {}
  }

  const outcome = await call(chase)
  if (outcome.kind !== 'lost') return attempted(chase, outcome)

  chase.lostAt = world.clock.now()
  const fate = await resolve(chase)
  if (fate.kind === 'deaf') return later(chase, { kind: 'lost', error: timedOut(chase) }, fate.askAfterMs)
  if (fate.kind !== 'unknown' && fate.kind !== 'unlisted') return attempted(chase, fate)
  const error = remainingMs(chase) > 0 ? `${outcome.error} No run of it was found.` : timedOut(chase)
  const failed = { kind: 'failed', error } as const
  return fate.kind === 'unlisted' ? later(chase, failed, fate.askAfterMs) : attempted(chase, failed)
}

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
        onNews(ids) {
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

/** Halted or lost, the fate of a run that was asked after is still open. */
function attempted({ claim, ids, lostAt, signal }: Chase, outcome: Outcome): Attempted | undefined {
  const asked = claim.unresolved || lostAt !== undefined
  const open = asked && (outcome.kind === 'halted' || outcome.kind === 'lost')
  if (open && signal.aborted && signal.reason === LEAVING) return undefined
  return { claim, outcome, ids, open }
}

function later({ claim, ids, signal }: Chase, outcome: Outcome, askAfterMs: number): Attempted | undefined {
  if (signal.aborted && signal.reason === LEAVING) return undefined
  return { claim, outcome, ids, open: true, askAfterMs }
}

function knownIds({ workflowRunId, difyTaskId }: Claim): RunIds {
  return { ...(workflowRunId && { workflowRunId }), ...(difyTaskId && { difyTaskId }) }
}
