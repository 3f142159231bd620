import { type Chase, chaseOf, type Course, type End } from './chase.ts'
import type { Fate, Traced } from './outcome.ts'
import { idsOf, type RunEnd, statusOf, usageOf } from './run.ts'
import type { Claim } from './task.ts'
import { Tracked } from './tracked.ts'

/** What is known of the runs of a row whose end nobody had learnt. */
interface Earlier {
  /** of those that have ended, and need not be followed */
  ends: RunEnd[]
  /** the one that may be the row's: it is followed to its end */
  follow?: Chase
  /** one of them has decided, or could not be asked for */
  decided?: { chase: Chase; end: End }
}

/**
 * Asks for every run of a row whose end is not known. The last one, unless it was given up, is followed. Of those that
 * were given up each is asked for once: one that has succeeded meanwhile is the row's result, and one that was lost in
 * Dify's queue and has begun after all is followed.
 */
export async function earlierRuns(claim: Claim, course: Course): Promise<Earlier> {
  const { line, world, signal } = course
  if (!line.app.canLookUp) return { ends: claim.open.map(({ attempt }) => ({ attempt, ...UNKNOWN })) }

  const ends: RunEnd[] = []
  for (const run of claim.open) await world.stopped.release(run)
  const all = claim.open.map((run) => new Tracked(run, line, world))
  for (const tracked of all) tracked.asked()
  const waitedFor = all.find(({ run }) => run.givenUpAt === null)
  const rivals: Tracked[] = []
  for (const tracked of all) {
    if (tracked === waitedFor) continue
    const fate = await tracked.ask(signal)
    if (signal.aborted) return { ends }
    const chase = () => chaseOf(course, claim, tracked, waitedFor ? [waitedFor] : [])
    if (fate.kind === 'lost' || (fate.kind === 'halted' && !fate.ran)) {
      return { ends, decided: { chase: chase(), end: { kind: 'open', outcome: fate } } }
    }
    if (fate.kind === 'succeeded') return { ends, decided: { chase: chase(), end: overBy(fate) } }
    const isLate = fate.kind === 'running' && !tracked.hasStarted
    if (isLate) return { ends, follow: chase() }
    if (fate.kind === 'running' || fate.kind === 'unknown') {
      if (!tracked.hasStarted) rivals.push(tracked)
      continue
    }
    const { attempt } = tracked.run
    const status = statusOf(fate, tracked.run)
    ends.push({ attempt, status, learnt: 'look-up', usage: usageOf(fate), ids: idsOf(tracked.run) })
  }
  for (const tracked of all) await tracked.kept()
  return waitedFor ? { ends, follow: chaseOf(course, claim, waitedFor, rivals) } : { ends }
}

const UNKNOWN = { status: 'unknown', learnt: 'never', usage: {}, ids: {} } as const satisfies Omit<
  RunEnd,
  'attempt'
>

function overBy(outcome: Extract<Traced<Fate>, { kind: 'succeeded' }>): End {
  return { kind: 'over', outcome, status: 'succeeded', learnt: 'look-up' }
}
