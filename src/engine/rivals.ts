import type { Following, End } from './following.ts'
import { judge } from './look-up.ts'
import type { LookUpResult, WithRunIds } from './outcome.ts'
import { statusOf, usageOf } from './call-status.ts'
import type { Tracked } from './tracked.ts'

/*
 * A run that is presumed lost in Dify's queue may start after all, when another call has been made for its row. The first
 * run to start is the row's; the other one is stopped.
 */

/** The row's run waits in the queue: checks whether an earlier one has started. @returns what that means for the row */
export async function askRivals(following: Following): Promise<End | undefined> {
  if (following.tracked.hasStarted) return undefined
  for (const rival of following.rivals) {
    const result = await rival.ask(following.signal)
    if (following.signal.aborted) return undefined
    if (hasWon(result)) return taken(following, rival, result)
    note(following, rival, result)
  }
  return undefined
}

/** The row's run has started. An earlier one that runs too started first and wins; others are stopped once they start. */
export async function settleRivals(following: Following): Promise<End | undefined> {
  for (const rival of following.rivals) {
    const result = await rival.ask(following.signal)
    if (following.signal.aborted) return undefined
    if (hasWon(result)) return taken(following, rival, result)
    note(following, rival, result)
  }
  leaveRivals(following)
  return undefined
}

/** Nobody waits for the rivals any more: they are stopped. */
export function leaveRivals(following: Following): void {
  for (const rival of following.rivals) void following.services.stopped.watch(rival, 'twin')
  following.rivals = []
}

function hasWon({ kind }: LookUpResult): boolean {
  return kind === 'running' || kind === 'waiting' || kind === 'succeeded'
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

/** If the rival has ended without a result, records its end. */
function note(following: Following, rival: Tracked, result: WithRunIds<LookUpResult>): void {
  if (result.kind === 'running' || result.kind === 'waiting') return
  if (result.kind === 'unknown' || result.kind === 'lost') return
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
