import { type Following, type End, limitMs, queueMs, STOPPED } from './following.ts'
import { atMost } from './clock.ts'
import { type Learnt, idsOf, isUploading } from './run.ts'
import { statusOf } from './call-status.ts'
import type { Outcome, WithRunIds } from './outcome.ts'
import { look, lookDue } from './look-up.ts'
import { endAtLimit, notUploaded, stoppedByOthers, unknowable } from './run-ends.ts'
import { askRivals, settleRivals } from './rivals.ts'
import { say } from './sentence.ts'
import { RunStream } from './stream.ts'

/** Calls Dify and follows the run to its end. */
export function call(following: Following): Promise<End> {
  const { claim, runtime, tracked } = following
  following.stream = new RunStream(
    'stream',
    (signal) =>
      runtime.app.run({
        inputs: claim.inputs,
        variables: runtime.variables,
        user: tracked.run.user,
        signal,
        onProgress: (progress) => tracked.take(progress),
        onUploading: () => uploading(following),
        onPosting: () => posting(following),
        mayPost: () => !isClaimOld(following),
        onActivity: () => tracked.heard(),
      }),
    () => tracked.changed(),
  )
  return follow(following)
}

async function uploading(following: Following): Promise<void> {
  if (isClaimOld(following) && !(await isConfirmed(following))) return
  await following.tracked.uploading()
}

/**
 * A process that was frozen after its claim, with its machine or by itself, finds its task taken over by another when it wakes:
 * that one may have called the row, too. So a claim that is seconds old is asked for again before the call; where files were
 * uploaded, in any case, with what is to be stored then.
 */
async function posting(following: Following): Promise<void> {
  while (following.tracked.isToPost || isClaimOld(following)) {
    if (!(await isConfirmed(following))) return
  }
}

/** Asks for the claim again. If it is lost, nothing is sent. */
async function isConfirmed(following: Following): Promise<boolean> {
  const { claim, tracked, services } = following
  following.claimedAt = services.clock.uptime()
  if (await tracked.posting(claim)) return true
  following.isTaken = true
  following.stream?.cut()
  tracked.changed()
  return false
}

function isClaimOld({ claimedAt, services }: Following): boolean {
  return services.clock.uptime() - claimedAt >= CLAIM_OLD_MS
}

/** Another process takes a task over once this one has been silent for 12 s (queue/jobs.ts). */
const CLAIM_OLD_MS = 4_000

/** Follows a run until its end is known, from its stream or from a look-up, whichever has it first. */
export async function follow(following: Following): Promise<End> {
  for (;;) {
    if (following.isTaken) return { kind: 'left' }
    if (following.signal.aborted) return leave(following)
    const { tracked } = following
    const { changes } = tracked
    const end = await step(following)
    if (end) return end
    if (following.tracked !== tracked || tracked.changes !== changes) continue
    await change(
      following,
      Math.min(lookDue(following), deadline(following)) - following.services.clock.monotonicNow(),
    )
  }
}

async function step(following: Following): Promise<End | undefined> {
  const { stream, tracked, rivals } = following
  stream?.check()
  if (stream?.outcome) return streamEnded(following, stream.outcome, stream.learnt)
  if (tracked.hasStarted && rivals.length > 0) return settleRivals(following)
  const now = following.services.clock.monotonicNow()
  if (now >= deadline(following)) return timeUp(following)
  if (now < lookDue(following)) return undefined
  return (await look(following)) ?? askRivals(following)
}

/**
 * The row's time limit counts from the start of the run. Before that, there is a separate limit for Dify's queue, and
 * the same limit once more for uploading its files.
 */
function deadline(following: Following): number {
  const { tracked, stream, task, runtime } = following
  const { sent, posted, accepted, started } = tracked.marks
  if (started !== undefined) return started + limitMs({ task })
  if (!stream) return Number.POSITIVE_INFINITY // without a stream, every look-up decides (look-up.ts)
  // An app whose runs cannot be looked up has no queue: it answers while it is called.
  const mayQueue = accepted !== undefined && runtime.app.canLookUp
  return mayQueue ? accepted + queueMs(following) : (posted ?? sent) + limitMs({ task })
}

async function streamEnded(
  following: Following,
  { ids, ...outcome }: WithRunIds<Outcome>,
  learnt: Learnt,
): Promise<End | undefined> {
  const { tracked } = following
  delete following.stream
  Object.assign(tracked.run, idsOf(ids ?? {}))
  if (isUploading(tracked.run)) return notUploaded(outcome)
  if (outcome.kind === 'lost') return streamLost(following, outcome, learnt)
  if (outcome.kind === 'waiting') return { kind: 'waiting', outcome }
  if (outcome.kind === 'failed' && outcome.stopped) return stoppedByOthers(following, outcome, learnt)
  return { kind: 'over', outcome, status: statusOf(outcome, tracked.run), learnt }
}

/** Arranges a look-up at once: the run may have ended, may continue, or may never have existed. */
function streamLost(
  following: Following,
  outcome: Extract<Outcome, { kind: 'lost' }>,
  learnt: Learnt,
): End | undefined {
  const { tracked, runtime, services } = following
  if (learnt === 're-attach') return undefined // proves nothing, and look-ups go on beside such a stream
  following.words = outcome.error
  if (outcome.ifUnknown) following.ifUnknown = outcome.ifUnknown
  if (!runtime.app.canLookUp) return unknowable(outcome.error)
  tracked.lost()
  following.lookUps = 0
  following.askedAtMs = Number.NEGATIVE_INFINITY
  tracked.marks.lost ??= services.clock.monotonicNow()
  return undefined
}

async function timeUp(following: Following): Promise<End | undefined> {
  const { tracked, stream, runtime } = following
  if (tracked.hasStarted) return endAtLimit(following)
  if (isUploading(tracked.run)) {
    stream?.cut()
    delete following.stream
    return notUploaded({
      kind: 'failed',
      error: say('not-uploaded-in-time', { ms: limitMs(following) }),
    })
  }

  if (tracked.run.acceptedAt !== null && runtime.app.canLookUp) {
    const end = await look(following)
    if (end || tracked.hasStarted) return end
  }
  stream?.cut()
  delete following.stream
  const outcome = {
    kind: 'lost' as const,
    error: say('not-started-in-time'),
  }
  return streamLost(following, outcome, 'stream')
}

/** The task was stopped: stops the run, now or as soon as possible. Or this process ends: the run goes on at Dify. */
async function leave(following: Following): Promise<End> {
  const { tracked, stream, signal, services, rivals } = following
  if (signal.reason === STOPPED) {
    const all = [tracked, ...rivals].map((each) =>
      services.stopped.watch(each, 'person', each === tracked ? stream : undefined),
    )
    await atMost(services.clock, services.timing.stopWithinMs, Promise.all(all))
  } else {
    stream?.cut()
    for (const each of [tracked, ...rivals]) {
      each.runtime.throttle.queue.left(each.run)
      await each.stored()
    }
  }
  return { kind: 'left' }
}

/** Resolves when there is news of the run, when the signal is aborted, or after `ms`. */
function change({ tracked, services, signal }: Following, ms: number): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const cancel = Number.isFinite(ms) ? services.clock.after(ms, done) : () => {}
    tracked.onChange = done
    signal.addEventListener('abort', done)

    function done() {
      cancel()
      tracked.onChange = () => {}
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
