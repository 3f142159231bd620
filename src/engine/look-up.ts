import { type Following, type End, queueMs } from './following.ts'
import { isUploading } from './run.ts'
import type { LookUpResult, WithRunIds } from './outcome.ts'
import { stoppedByOthers } from './run-ends.ts'
import { statusOf } from './call-status.ts'
import { say } from './sentence.ts'
import { RunStream } from './stream.ts'

/** When the run is to be looked up next, on the monotonic clock. Not while its stream shows that it is alive. */
export function lookDue({ tracked, stream, runtime, lookUps, askedAtMs, services }: Following): number {
  if (!runtime.app.canLookUp) return Number.POSITIVE_INFINITY
  const { timing } = services
  const { marks } = tracked
  const next =
    lookUps === 0
      ? Number.NEGATIVE_INFINITY
      : askedAtMs + Math.min(timing.lookUpEveryMs * 2 ** (lookUps - 1), timing.lookUpMaxMs)
  if (stream?.learnt !== 'stream') return next // a stream that was joined again may fall silent at any time
  if (marks.started !== undefined) return Math.max(marks.heard + timing.silentMs, next)
  if (marks.accepted !== undefined) return Math.max(marks.accepted + timing.queuedLookMs, next)
  return Number.POSITIVE_INFINITY
}

/** Looks the run up. @returns undefined if it must be followed further */
export async function look(following: Following): Promise<End | undefined> {
  const { tracked, stream, services, signal } = following
  if (stream?.learnt === 'stream') {
    if (tracked.marks.heard > following.askedAtMs) following.lookUps = 0
    if (tracked.hasStarted) tracked.silent()
  }
  following.lookUps++
  const result = await tracked.ask(signal)
  following.askedAtMs = services.clock.monotonicNow()
  return signal.aborted ? undefined : judge(following, result)
}

/** What the answer to a look-up means for the run. @returns undefined if it must be followed further */
export function judge(
  following: Following,
  result: WithRunIds<LookUpResult>,
): End | undefined | Promise<End | undefined> {
  const { tracked, stream } = following
  switch (result.kind) {
    case 'running':
      tracked.found()
      delete following.ifUnknown
      join(following)
      return undefined
    case 'waiting':
      return asks(following, result)
    case 'unknown':
      return notThere(following)
    case 'lost':
      return stream || tracked.hasStarted ? undefined : { kind: 'open', outcome: result }
    case 'failed':
      if (result.stopped) return stoppedByOthers(following, result, 'look-up')
      break
    case 'halted':
      if (!result.ran) return { kind: 'open', outcome: result }
      break
    case 'succeeded':
    case 'rejected':
    case 'throttled':
  }
  return { kind: 'over', outcome: result, status: statusOf(result, tracked.run), learnt: 'look-up' }
}

/** It waits for a person. A look-up does not tell for what: its stream does, if it is joined. */
function asks(following: Following, outcome: Extract<LookUpResult, { kind: 'waiting' }>): End | undefined {
  const { tracked, stream } = following
  tracked.found()
  delete following.ifUnknown
  if (stream?.learnt === 'stream') {
    stream.cut() // it has fallen silent
    delete following.stream
  }
  join(following)
  return following.stream ? undefined : { kind: 'waiting', outcome }
}

/**
 * Dify has no such run. That can change while the call is on its way or waits in Dify's queue, so it is believed only
 * after a time that depends on what is known of the call.
 */
function notThere(following: Following): End | undefined {
  const { tracked, stream, ifUnknown, runtime, services, claim } = following
  if (ifUnknown) return { kind: 'over', outcome: ifUnknown, status: 'refused', learnt: 'look-up' }
  if (tracked.hasStarted && stream) return undefined
  const words = following.words ?? claim.error ?? say('rowbot-ended')
  const absent: End = {
    kind: 'anew',
    status: 'absent',
    learnt: 'look-up',
    words: say('no-run-of-it', { error: words }),
  }
  if (tracked.hasStarted || isUploading(tracked.run)) return absent

  const { accepted, lost } = tracked.marks
  const sent = tracked.marks.posted ?? tracked.marks.sent
  const now = services.clock.monotonicNow()
  const isOvertaken =
    accepted !== undefined && runtime.throttle.queue.hasStartedSince(accepted + services.timing.overtakenMs)
  const until = accepted === undefined ? (lost ?? sent) + runtime.graceMs : accepted + queueMs(following)
  if (isOvertaken || now >= until) return accepted === undefined ? absent : { kind: 'overdue' }
  if (stream) return undefined
  // Wait as long again as it was missing so far: after 1, 2, 4 … s.
  const { lookUpEveryMs, lookUpMaxMs } = services.timing
  const again = Math.min(Math.max(now - (lost ?? accepted ?? sent), lookUpEveryMs), lookUpMaxMs)
  return {
    kind: 'open',
    outcome: { kind: 'lost', error: words },
    askAfterMs: Math.min(again, until - now),
  }
}

/** Joins the run's stream again: its progress, tokens and price are told nowhere else. */
function join(following: Following): void {
  const { tracked, runtime } = following
  if (following.stream || following.hasJoined || !runtime.app.join || tracked.run.workflowRunId === undefined)
    return
  following.hasJoined = true
  const { ref } = tracked
  const { app } = runtime
  following.stream = new RunStream(
    're-attach',
    async (signal) =>
      (await app.join?.(ref, {
        signal,
        onProgress: (progress) => tracked.take(progress),
        onActivity: () => tracked.heard(),
      })) ?? { kind: 'lost', error: say('not-joined') },
    () => tracked.changed(),
  )
}
