import { type Chase, type End, limitMs, queueMs, STOPPED } from './chase.ts'
import { atMost } from './clock.ts'
import { type Learnt, idsOf, statusOf } from './run.ts'
import type { Outcome, Traced } from './outcome.ts'
import { look, lookDue } from './look-up.ts'
import { endAtLimit, stoppedByOthers, unknowable } from './run-ends.ts'
import { askRivals, settleRivals } from './rivals.ts'
import { Stream } from './stream.ts'

/** Calls Dify, and follows the run to its end. */
export function call(chase: Chase): Promise<End> {
  const { claim, line, tracked } = chase
  chase.stream = new Stream(
    'stream',
    (signal) =>
      line.app.run({
        inputs: claim.inputs,
        variables: line.variables,
        user: tracked.run.user,
        signal,
        onNews: (news) => tracked.take(news),
        onHeard: () => tracked.heard(),
      }),
    () => tracked.changed(),
  )
  return follow(chase)
}

/** Follows a run to its end, whatever tells of it first: its stream, or Dify when it is asked. */
export async function follow(chase: Chase): Promise<End> {
  for (;;) {
    if (chase.signal.aborted) return leave(chase)
    const { tracked } = chase
    const { changes } = tracked
    const end = await step(chase)
    if (end) return end
    if (chase.tracked !== tracked || tracked.changes !== changes) continue
    await change(chase, Math.min(lookDue(chase), deadline(chase)) - chase.world.clock.monotonicNow())
  }
}

async function step(chase: Chase): Promise<End | undefined> {
  const { stream, tracked, rivals } = chase
  stream?.check()
  if (stream?.outcome) return streamEnded(chase, stream.outcome, stream.learnt)
  if (tracked.hasStarted && rivals.length > 0) return settleRivals(chase)
  const now = chase.world.clock.monotonicNow()
  if (now >= deadline(chase)) return timeUp(chase)
  if (now < lookDue(chase)) return undefined
  return (await look(chase)) ?? askRivals(chase)
}

/** Its row's time counts from when a worker has begun it; before that, Dify's queue has a limit of its own. */
function deadline(chase: Chase): number {
  const { tracked, stream, task, line } = chase
  const { sent, accepted, started } = tracked.marks
  if (started !== undefined) return started + limitMs({ task })
  if (!stream) return Number.POSITIVE_INFINITY // then each look-up judges
  // An app of which nothing can be asked for has no queue: it answers while it is called.
  const mayQueue = accepted !== undefined && line.app.canLookUp
  return mayQueue ? accepted + queueMs(chase) : sent + limitMs({ task })
}

async function streamEnded(
  chase: Chase,
  { ids, ...outcome }: Traced<Outcome>,
  learnt: Learnt,
): Promise<End | undefined> {
  const { tracked } = chase
  delete chase.stream
  Object.assign(tracked.run, idsOf(ids ?? {}))
  if (outcome.kind === 'lost') return streamLost(chase, outcome, learnt)
  if (outcome.kind === 'failed' && outcome.stopped) return stoppedByOthers(chase, outcome, learnt)
  return { kind: 'over', outcome, status: statusOf(outcome, tracked.run), learnt }
}

/** Dify is asked at once: the run may have ended, gone on, or never been. */
function streamLost(
  chase: Chase,
  outcome: Extract<Outcome, { kind: 'lost' }>,
  learnt: Learnt,
): End | undefined {
  const { tracked, line, world } = chase
  if (learnt === 're-attach') return undefined // it proves nothing, and Dify is asked all along
  chase.words = outcome.error
  if (outcome.ifUnknown) chase.ifUnknown = outcome.ifUnknown
  if (!line.app.canLookUp) return unknowable(outcome.error)
  tracked.lost()
  chase.lookUps = 0
  chase.lookedAt = Number.NEGATIVE_INFINITY
  tracked.marks.lost ??= world.clock.monotonicNow()
  return undefined
}

async function timeUp(chase: Chase): Promise<End | undefined> {
  const { tracked, stream, line } = chase
  if (tracked.hasStarted) return endAtLimit(chase)

  if (tracked.run.acceptedAt !== null && line.app.canLookUp) {
    const end = await look(chase)
    if (end || tracked.hasStarted) return end
  }
  stream?.cut()
  delete chase.stream
  const outcome = { kind: 'lost' as const, error: 'Dify did not begin to answer within the row’s time.' }
  return streamLost(chase, outcome, 'stream')
}

/** A person has stopped the task: so is the run, now or as soon as it can be. Or this process ends: it goes on. */
async function leave(chase: Chase): Promise<End> {
  const { tracked, stream, signal, world, rivals } = chase
  if (signal.reason === STOPPED) {
    const all = [tracked, ...rivals].map((each) =>
      world.stopped.watch(each, 'person', each === tracked ? stream : undefined),
    )
    await atMost(world.clock, world.pace.stopWithinMs, Promise.all(all))
  } else {
    stream?.cut()
    for (const each of [tracked, ...rivals]) await each.kept()
  }
  return { kind: 'left' }
}

/** Until something is told, or for so long. */
function change({ tracked, world, signal }: Chase, ms: number): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const cancel = Number.isFinite(ms) ? world.clock.after(ms, done) : () => {}
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
