import { type Following, followingOf, type AttemptContext, type End } from './following.ts'
import type { LookUpResult, WithRunIds } from './outcome.ts'
import { idsOf, type RunEnd } from './run.ts'
import { statusOf, usageOf } from './call-status.ts'
import type { Claim } from './task.ts'
import { Tracked } from './tracked.ts'

/** What is known of the runs of a row whose end nobody had learnt. */
interface Earlier {
  /** of those that have ended, and need not be followed */
  ends: RunEnd[]
  /** the one that may be the row's: it is followed to its end */
  follow?: Following
  /** one of them has decided, or could not be asked for */
  decided?: { following: Following; end: End }
}

/**
 * Asks for every run of a row whose end is not known. The last one, unless it was given up, is followed. Of those that
 * were given up each is asked for once: one that has succeeded meanwhile is the row's result, and one that was lost in
 * Dify's queue and has begun after all is followed.
 */
export async function earlierRuns(claim: Claim, context: AttemptContext): Promise<Earlier> {
  const { runtime, services, signal } = context
  if (!runtime.app.canLookUp) return { ends: claim.open.map(({ attempt }) => ({ attempt, ...UNKNOWN })) }

  const ends: RunEnd[] = []
  for (const run of claim.open) await services.stopped.release(run)
  const all = claim.open.map((run) => new Tracked(run, runtime, services))
  for (const tracked of all) tracked.asked()
  const waitedFor = all.find(({ run }) => run.givenUpAt === null)
  const rivals: Tracked[] = []
  for (const tracked of all) {
    if (tracked === waitedFor) continue
    const result = await tracked.ask(signal)
    if (signal.aborted) return { ends }
    const following = () => followingOf(context, claim, tracked, waitedFor ? [waitedFor] : [])
    if (result.kind === 'lost' || (result.kind === 'halted' && !result.ran)) {
      return { ends, decided: { following: following(), end: { kind: 'open', outcome: result } } }
    }
    if (result.kind === 'succeeded') return { ends, decided: { following: following(), end: overBy(result) } }
    const isLate = result.kind === 'running' && !tracked.hasStarted
    if (isLate) return { ends, follow: following() }
    if (result.kind === 'running' || result.kind === 'unknown') {
      if (!tracked.hasStarted) rivals.push(tracked)
      continue
    }
    const { attempt } = tracked.run
    const status = statusOf(result, tracked.run)
    ends.push({ attempt, status, learnt: 'look-up', usage: usageOf(result), ids: idsOf(tracked.run) })
  }
  for (const tracked of all) await tracked.stored()
  return waitedFor ? { ends, follow: followingOf(context, claim, waitedFor, rivals) } : { ends }
}

const UNKNOWN = { status: 'unknown', learnt: 'never', usage: {}, ids: {} } as const satisfies Omit<
  RunEnd,
  'attempt'
>

function overBy(outcome: Extract<WithRunIds<LookUpResult>, { kind: 'succeeded' }>): End {
  return { kind: 'over', outcome, status: 'succeeded', learnt: 'look-up' }
}
