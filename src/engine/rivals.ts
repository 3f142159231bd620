import type { Chase, End } from './chase.ts'
import { judge } from './look-up.ts'
import type { Fate, Traced } from './outcome.ts'
import { statusOf, usageOf } from './run.ts'
import type { Tracked } from './tracked.ts'

/*
 * A run that must be lost in Dify's queue may begin all the same, once another call has been made for its row. The first
 * to begin is the row's, and the other one is stopped.
 */

/** While the row's run waits in the queue: has an earlier one begun? */
export async function askRivals(chase: Chase): Promise<End | undefined> {
  if (chase.tracked.hasStarted) return undefined
  for (const rival of chase.rivals) {
    const fate = await rival.ask(chase.signal)
    if (chase.signal.aborted) return undefined
    if (fate.kind === 'running' || fate.kind === 'succeeded') return taken(chase, rival, fate)
    note(chase, rival, fate)
  }
  return undefined
}

/** The row's run has begun: an earlier one that has, too, began before it; one that has not is stopped when it does. */
export async function settleRivals(chase: Chase): Promise<End | undefined> {
  for (const rival of chase.rivals) {
    const fate = await rival.ask(chase.signal)
    if (chase.signal.aborted) return undefined
    if (fate.kind === 'running' || fate.kind === 'succeeded') return taken(chase, rival, fate)
    note(chase, rival, fate)
  }
  leaveRivals(chase)
  return undefined
}

/** Nobody waits for them any more. */
export function leaveRivals(chase: Chase): void {
  for (const rival of chase.rivals) void chase.world.stopped.watch(rival, 'twin')
  chase.rivals = []
}

function taken(chase: Chase, rival: Tracked, fate: Traced<Fate>) {
  void chase.world.stopped.watch(chase.tracked, 'twin', chase.stream)
  delete chase.stream
  chase.tracked = rival
  chase.rivals = chase.rivals.filter((other) => other !== rival)
  chase.hasJoined = false
  chase.lookUps = 1
  return judge(chase, fate)
}

/** It has ended, and is no result. */
function note(chase: Chase, rival: Tracked, fate: Traced<Fate>): void {
  if (fate.kind === 'running' || fate.kind === 'unknown' || fate.kind === 'lost') return
  if (fate.kind === 'halted' && !fate.ran) return
  const { attempt } = rival.run
  chase.rivals = chase.rivals.filter((other) => other !== rival)
  chase.ends.push({
    attempt,
    status: statusOf(fate, rival.run),
    learnt: 'look-up',
    usage: usageOf(fate),
    ids: fate.ids ?? {},
  })
}
