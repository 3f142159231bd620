import type { Following, End } from './following.ts'
import { judge } from './look-up.ts'
import type { LookUpResult, WithRunIds } from './outcome.ts'
import { statusOf, usageOf } from './call-status.ts'
import type { Tracked } from './tracked.ts'

/*
 * A run that must be lost in Dify's queue may begin all the same, once another call has been made for its row. The first
 * to begin is the row's, and the other one is stopped.
 */

/** While the row's run waits in the queue: has an earlier one begun? */
export async function askRivals(following: Following): Promise<End | undefined> {
  if (following.tracked.hasStarted) return undefined
  for (const rival of following.rivals) {
    const result = await rival.ask(following.signal)
    if (following.signal.aborted) return undefined
    if (result.kind === 'running' || result.kind === 'succeeded') return taken(following, rival, result)
    note(following, rival, result)
  }
  return undefined
}

/** The row's run has begun: an earlier one that has, too, began before it; one that has not is stopped when it does. */
export async function settleRivals(following: Following): Promise<End | undefined> {
  for (const rival of following.rivals) {
    const result = await rival.ask(following.signal)
    if (following.signal.aborted) return undefined
    if (result.kind === 'running' || result.kind === 'succeeded') return taken(following, rival, result)
    note(following, rival, result)
  }
  leaveRivals(following)
  return undefined
}

/** Nobody waits for them any more. */
export function leaveRivals(following: Following): void {
  for (const rival of following.rivals) void following.services.stopped.watch(rival, 'twin')
  following.rivals = []
}

function taken(following: Following, rival: Tracked, result: WithRunIds<LookUpResult>) {
  void following.services.stopped.watch(following.tracked, 'twin', following.stream)
  delete following.stream
  following.tracked = rival
  following.rivals = following.rivals.filter((other) => other !== rival)
  following.hasJoined = false
  following.lookUps = 1
  return judge(following, result)
}

/** It has ended, and is no result. */
function note(following: Following, rival: Tracked, result: WithRunIds<LookUpResult>): void {
  if (result.kind === 'running' || result.kind === 'unknown' || result.kind === 'lost') return
  if (result.kind === 'halted' && !result.ran) return
  const { attempt } = rival.run
  following.rivals = following.rivals.filter((other) => other !== rival)
  following.ends.push({
    attempt,
    status: statusOf(result, rival.run),
    learnt: 'look-up',
    usage: usageOf(result),
    ids: result.ids ?? {},
  })
}
