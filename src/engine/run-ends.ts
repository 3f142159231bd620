import { type Following, type End, limitMs, timedOut, timeOfDay } from './following.ts'
import { atMost, sleep } from './clock.ts'
import { type Learnt, idsOf } from './run.ts'
import { statusOf, usageOf } from './call-status.ts'
import type { Outcome } from './outcome.ts'
import { say, type Sentence } from './sentence.ts'

/** The call is lost and the app's runs cannot be looked up. The run may go on and be paid for. */
export function unknowable(lost: Sentence): End {
  const error = say('fate-unknowable', { error: lost })
  return { kind: 'over', outcome: { kind: 'failed', error }, status: 'unknown', learnt: 'never' }
}

/** The files of the row could not be uploaded, so no run was asked for. Never `lost`: there is nothing to look up. */
export function notUploaded(outcome: Outcome): End {
  const failed: Outcome = outcome.kind === 'lost' ? { kind: 'failed', error: outcome.error } : outcome
  return { kind: 'over', outcome: failed, status: 'absent', learnt: 'stream' }
}

/**
 * The run was stopped. If we stopped it, its time was up or nobody waited for it any more. If somebody else did, for
 * example by shutting down a worker, it costs no attempt; but the run is looked up before the row is called again.
 * @returns undefined if the run goes on after all
 */
export async function stoppedByOthers(
  following: Following,
  outcome: Extract<Outcome, { kind: 'failed' }>,
  learnt: Learnt,
): Promise<End | undefined> {
  const { tracked, runtime, signal } = following
  const usage = usageOf(outcome)
  const { stopReason, pausedAt } = tracked.run
  if (stopReason === 'limit') return atLimit(following, outcome, learnt)
  if (stopReason !== null)
    return { kind: 'anew', status: 'stopped', learnt, words: say('was-stopped'), usage }
  if (pausedAt !== null) return stoppedAfterPause(following, outcome, learnt)

  if (learnt !== 'look-up' && runtime.app.canLookUp) {
    const result = await tracked.ask(signal)
    if (signal.aborted) return undefined
    if (result.kind === 'running' || result.kind === 'waiting') return undefined
    if (result.kind === 'succeeded') {
      return { kind: 'over', outcome: result, status: 'succeeded', learnt: 'look-up' }
    }
  }
  const { error } = outcome
  const turnedAway: Outcome = { kind: 'throttled', by: 'server', error, slow: false, usage }
  return { kind: 'over', outcome: turnedAway, status: 'stopped', learnt }
}

/** So often, and longer each time, Dify is asked again for the outputs of a run that it says was stopped. */
const LOOKS_FOR_OUTPUTS = 3

/**
 * It has waited for a person, and then Dify says that it was stopped. Dify 1.16.1 says so of answered runs that go on to
 * their end (langgenius/dify#39750): if the outputs are there, they are the row's. If not, the row has failed: another
 * run would ask the person again.
 */
async function stoppedAfterPause(
  following: Following,
  outcome: Extract<Outcome, { kind: 'failed' }>,
  learnt: Learnt,
): Promise<End | undefined> {
  const { tracked, signal, services } = following
  let latest: { outcome: Extract<Outcome, { kind: 'failed' }>; learnt: Learnt } = { outcome, learnt }
  for (let n = 0; latest.outcome.outputs === undefined && n < LOOKS_FOR_OUTPUTS; n++) {
    await sleep(services.clock, services.timing.lookUpEveryMs * 2 ** n, signal)
    const result = await tracked.ask(signal)
    if (signal.aborted || result.kind === 'running' || result.kind === 'waiting') return undefined
    if (result.kind === 'lost' || result.kind === 'unknown') continue
    if (result.kind === 'halted' && !result.ran) continue
    if (result.kind !== 'failed' || !result.stopped)
      return { kind: 'over', outcome: result, status: statusOf(result, tracked.run), learnt: 'look-up' }
    latest = { outcome: result, learnt: 'look-up' }
  }
  const { outputs, error } = latest.outcome
  const usage = usageOf(latest.outcome)
  if (outputs) {
    const warning = say('went-on-after-pause')
    const whole: Outcome = { kind: 'succeeded', outputs, warning, usage }
    return { kind: 'over', outcome: whole, status: 'succeeded', learnt: latest.learnt }
  }
  const lost = say('stopped-after-pause', { error })
  const rejected: Outcome = { kind: 'rejected', error: lost, usage }
  return { kind: 'over', outcome: rejected, status: 'stopped', learnt: latest.learnt }
}

/**
 * The row's time is up. Asks Dify to stop the run, reads its stream for a moment longer, then looks it up: Dify always
 * confirms a stop, and the run may have finished just before. A run that goes on all the same is not called again until
 * Dify itself must have ended it.
 */
export async function endAtLimit(following: Following): Promise<End> {
  const { tracked, stream, runtime, services } = following
  await tracked.stop('limit')
  if (stream) await atMost(services.clock, services.timing.stopWithinMs, stream.ended())
  stream?.cut()
  delete following.stream
  const streamed = stream?.outcome
  if (streamed?.ids) Object.assign(tracked.run, idsOf(streamed.ids))
  if (streamed?.kind === 'waiting') return { kind: 'waiting', outcome: streamed }
  if (stream && streamed && streamed.kind !== 'lost') return atLimit(following, streamed, stream.learnt)
  if (!runtime.app.canLookUp) {
    const outcome: Outcome = { kind: 'failed', error: timedOut(following) }
    return { kind: 'over', outcome, status: 'unknown', learnt: 'never' }
  }

  const result = await tracked.ask()
  switch (result.kind) {
    case 'running':
      return deaf(following)
    case 'unknown':
      return {
        kind: 'over',
        outcome: { kind: 'failed', error: timedOut(following) },
        status: 'absent',
        learnt: 'look-up',
      }
    case 'lost':
      return { kind: 'open', outcome: result }
    case 'waiting':
      return { kind: 'waiting', outcome: result }
    case 'halted':
      return result.ran ? atLimit(following, result, 'look-up') : { kind: 'open', outcome: result }
    case 'succeeded':
    case 'failed':
    case 'rejected':
    case 'throttled':
      return atLimit(following, result, 'look-up')
  }
}

function atLimit(following: Following, outcome: Outcome, learnt: Learnt): End {
  const status = statusOf(outcome, following.tracked.run)
  if (outcome.kind === 'succeeded') return { kind: 'over', outcome, status, learnt }
  const late: Outcome = { kind: 'failed', error: timedOut(following), usage: usageOf(outcome) }
  return { kind: 'over', outcome: late, status, learnt }
}

function deaf(following: Following): End {
  const { tracked, services } = following
  const { clock, timing } = services
  const { run, marks } = tracked
  const since = timeOfDay(run.heardAt ?? run.startedAt ?? run.sentAt)
  const error = say('timed-out-still-running', { ms: limitMs(following), since })
  if (clock.monotonicNow() - (marks.started ?? marks.sent) >= timing.runEndsMs) {
    return { kind: 'given-up', outcome: { kind: 'failed', error } }
  }
  const askAfterMs = Math.min(timing.lookUpEveryMs * 10, timing.lookUpMaxMs)
  return { kind: 'open', outcome: { kind: 'lost', error }, askAfterMs }
}
