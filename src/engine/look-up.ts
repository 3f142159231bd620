import { type Chase, type End, queueMs } from './chase.ts'
import type { Fate, Traced } from './outcome.ts'
import { stoppedByOthers } from './run-ends.ts'
import { statusOf } from './run.ts'
import { Stream } from './stream.ts'

/** When Dify is asked next, on the clock that never jumps. A stream that tells of life is believed. */
export function lookDue({ tracked, stream, line, lookUps, lookedAt, world }: Chase): number {
  if (!line.app.canLookUp) return Number.POSITIVE_INFINITY
  const { pace } = world
  const { marks } = tracked
  const next =
    lookUps === 0
      ? Number.NEGATIVE_INFINITY
      : lookedAt + Math.min(pace.lookUpEveryMs * 2 ** (lookUps - 1), pace.lookUpMaxMs)
  if (stream?.learnt !== 'stream') return next // joined again, it may go deaf at any time
  if (marks.started !== undefined) return Math.max(marks.heard + pace.silentMs, next)
  if (marks.accepted !== undefined) return Math.max(marks.accepted + pace.queuedLookMs, next)
  return Number.POSITIVE_INFINITY
}

/** Asks Dify what became of the run. Undefined: it is followed further. */
export async function look(chase: Chase): Promise<End | undefined> {
  const { tracked, stream, world, signal } = chase
  if (stream?.learnt === 'stream') {
    if (tracked.marks.heard > chase.lookedAt) chase.lookUps = 0
    if (tracked.hasStarted) tracked.silent()
  }
  chase.lookUps++
  const fate = await tracked.ask(signal)
  chase.lookedAt = world.clock.monotonicNow()
  return signal.aborted ? undefined : judge(chase, fate)
}

/** What an answer to a look-up makes of the run. Undefined: it is followed further. */
export function judge(chase: Chase, fate: Traced<Fate>): End | undefined | Promise<End | undefined> {
  const { tracked, stream } = chase
  switch (fate.kind) {
    case 'running':
      tracked.found()
      delete chase.ifUnknown
      join(chase)
      return undefined
    case 'unknown':
      return notThere(chase)
    case 'lost':
      return stream || tracked.hasStarted ? undefined : { kind: 'open', outcome: fate }
    case 'failed':
      if (fate.stopped) return stoppedByOthers(chase, fate, 'look-up')
      break
    case 'halted':
      if (!fate.ran) return { kind: 'open', outcome: fate }
      break
    case 'succeeded':
    case 'rejected':
    case 'throttled':
  }
  return { kind: 'over', outcome: fate, status: statusOf(fate, tracked.run), learnt: 'look-up' }
}

/** Dify has no such run. Whether that is its last word depends on how far the call is known to have come. */
function notThere(chase: Chase): End | undefined {
  const { tracked, stream, ifUnknown, line, world, claim } = chase
  if (ifUnknown) return { kind: 'over', outcome: ifUnknown, status: 'refused', learnt: 'look-up' }
  if (tracked.hasStarted && stream) return undefined
  const words = chase.words ?? claim.error ?? 'Rowbot ended while the row ran.'
  const absent: End = {
    kind: 'anew',
    status: 'absent',
    learnt: 'look-up',
    words: `${words} Dify has no run of it.`,
  }
  if (tracked.hasStarted) return absent

  const { sent, accepted, lost } = tracked.marks
  const now = world.clock.monotonicNow()
  const isOvertaken = accepted !== undefined && line.queue.hasBegunFrom(accepted + world.pace.overtakenMs)
  const until = accepted === undefined ? (lost ?? sent) + line.graceMs : accepted + queueMs(chase)
  if (isOvertaken || now >= until) return accepted === undefined ? absent : { kind: 'overdue' }
  if (stream) return undefined
  // As long again as it has been asked for: after 1, 2, 4 … s.
  const { lookUpEveryMs, lookUpMaxMs } = world.pace
  const again = Math.min(Math.max(now - (lost ?? accepted ?? sent), lookUpEveryMs), lookUpMaxMs)
  return {
    kind: 'open',
    outcome: { kind: 'lost', error: words },
    askAfterMs: Math.min(again, until - now),
  }
}

/** For its progress, tokens and price. */
function join(chase: Chase): void {
  const { tracked, line } = chase
  if (chase.stream || chase.hasJoined || !line.app.join || tracked.run.workflowRunId === undefined) return
  chase.hasJoined = true
  const { ref } = tracked
  const { app } = line
  chase.stream = new Stream(
    're-attach',
    async (signal) =>
      (await app.join?.(ref, {
        signal,
        onNews: (news) => tracked.take(news),
        onHeard: () => tracked.heard(),
      })) ?? { kind: 'lost', error: 'The run cannot be joined.' },
    () => tracked.changed(),
  )
}
