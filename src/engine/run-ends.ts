import { type Chase, type End, timedOut, timeOfDay } from './chase.ts'
import { atMost } from './clock.ts'
import { type Learnt, idsOf, statusOf, usageOf } from './run.ts'
import type { Outcome } from './outcome.ts'

/** Nothing that this app ran can be found again, and the call is lost: it may go on, and be paid. */
export function unknowable(words: string): End {
  const error = `${words} What became of the call cannot be found out: it may have been paid.`
  return { kind: 'over', outcome: { kind: 'failed', error }, status: 'unknown', learnt: 'never' }
}

/**
 * The run was stopped. By us: because its time was up, or because nobody wanted it any more. By nobody of ours, a worker
 * that was shut down, say: it costs no attempt, but Dify is asked once more before the row is called again.
 */
export async function stoppedByOthers(
  chase: Chase,
  outcome: Extract<Outcome, { kind: 'failed' }>,
  learnt: Learnt,
): Promise<End | undefined> {
  const { tracked, line, signal } = chase
  const usage = usageOf(outcome)
  const { stopReason } = tracked.run
  if (stopReason === 'limit') return atLimit(chase, outcome, learnt)
  if (stopReason !== null) return { kind: 'anew', status: 'stopped', learnt, words: 'It was stopped.', usage }

  if (learnt !== 'look-up' && line.app.canLookUp) {
    const fate = await tracked.ask(signal)
    if (signal.aborted) return undefined
    if (fate.kind === 'running') return undefined
    if (fate.kind === 'succeeded') {
      return { kind: 'over', outcome: fate, status: 'succeeded', learnt: 'look-up' }
    }
  }
  const { error } = outcome
  const turnedAway: Outcome = { kind: 'throttled', by: 'server', error, slow: false, usage }
  return { kind: 'over', outcome: turnedAway, status: 'stopped', learnt }
}

/**
 * Its time is up: asks Dify to stop the run, hears it out for a moment, then looks once more, since Dify says yes
 * whatever happens and the run may have finished meanwhile. One that goes on is neither over nor called again, for as
 * long as Dify lets a run go on.
 */
export async function endAtLimit(chase: Chase): Promise<End> {
  const { tracked, stream, line, world } = chase
  await tracked.stop('limit')
  if (stream) await atMost(world.clock, world.pace.stopWithinMs, stream.ended())
  stream?.cut()
  delete chase.stream
  const told = stream?.outcome
  if (told?.ids) Object.assign(tracked.run, idsOf(told.ids))
  if (stream && told && told.kind !== 'lost') return atLimit(chase, told, stream.learnt)
  if (!line.app.canLookUp) {
    const outcome: Outcome = { kind: 'failed', error: timedOut(chase) }
    return { kind: 'over', outcome, status: 'unknown', learnt: 'never' }
  }

  const fate = await tracked.ask()
  switch (fate.kind) {
    case 'running':
      return deaf(chase)
    case 'unknown':
      return {
        kind: 'over',
        outcome: { kind: 'failed', error: timedOut(chase) },
        status: 'absent',
        learnt: 'look-up',
      }
    case 'lost':
      return { kind: 'open', outcome: fate }
    case 'halted':
      return fate.ran ? atLimit(chase, fate, 'look-up') : { kind: 'open', outcome: fate }
    case 'succeeded':
    case 'failed':
    case 'rejected':
    case 'throttled':
      return atLimit(chase, fate, 'look-up')
  }
}

function atLimit(chase: Chase, outcome: Outcome, learnt: Learnt): End {
  const status = statusOf(outcome, chase.tracked.run)
  if (outcome.kind === 'succeeded') return { kind: 'over', outcome, status, learnt }
  const late: Outcome = { kind: 'failed', error: timedOut(chase), usage: usageOf(outcome) }
  return { kind: 'over', outcome: late, status, learnt }
}

function deaf(chase: Chase): End {
  const { tracked, world } = chase
  const { clock, pace } = world
  const { run, marks } = tracked
  const since = timeOfDay(run.heardAt ?? run.startedAt ?? run.sentAt)
  const error = `${timedOut(chase)} Dify still says running; no sign of life since ${since}.`
  if (clock.monotonicNow() - (marks.started ?? marks.sent) >= pace.runEndsMs) {
    return { kind: 'given-up', outcome: { kind: 'failed', error } }
  }
  const askAfterMs = Math.min(pace.lookUpEveryMs * 10, pace.lookUpMaxMs)
  return { kind: 'open', outcome: { kind: 'lost', error }, askAfterMs }
}
