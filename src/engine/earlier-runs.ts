import { type Following, followingOf, type AttemptContext, type End } from './following.ts'
import type { LookUpResult, WithRunIds } from './outcome.ts'
import type { Probe } from './probe.ts'
import { idsOf, isUploading, type Run, type RunEnd } from './run.ts'
import { statusOf, usageOf } from './call-status.ts'
import type { Claim } from './task.ts'
import { Tracked } from './tracked.ts'

/** What Dify says about earlier runs of a row whose end was not known. */
interface Earlier {
  /** runs that have ended and need no further look */
  ends: RunEnd[]
  /** a run that may give the row's result: to be followed to its end */
  follow?: Following
  /** a run that gives the row's result, or one that could not be looked up */
  decided?: { following: Following; end: End }
}

/**
 * Looks up every run of a row whose end is not known. The one that was not given up is to be followed. Each that was
 * given up is looked up once: if it has succeeded meanwhile, it is the row's result; if it was lost in Dify's queue and
 * has started after all, it is followed instead. A call that was interrupted while its files were uploaded has no run.
 */
export async function earlierRuns(claim: Claim, context: AttemptContext, probe: Probe): Promise<Earlier> {
  const { runtime, services, signal } = context
  const ends: RunEnd[] = []
  const sent: Run[] = []
  for (const run of claim.open) {
    await services.stopped.release(run)
    if (await wasNeverSent(run, context, probe)) ends.push({ attempt: run.attempt, ...ABSENT })
    else sent.push(run)
  }
  if (signal.aborted || sent.length === 0) return { ends }
  if (!runtime.app.canLookUp)
    return { ends: [...ends, ...sent.map(({ attempt }) => ({ attempt, ...UNKNOWN }))] }

  const all = sent.map((run) => new Tracked(run, runtime, services))
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
    if (isLate || result.kind === 'waiting') return { ends, follow: following() }
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

/** If the database may be a backup, Dify is asked all the same: the call may have been made since. */
async function wasNeverSent(run: Run, { runtime, services, signal, task }: AttemptContext, probe: Probe) {
  if (!isUploading(run)) return false
  if (!probe.isOn || !runtime.app.canLookUp) return true
  const result = await new Tracked(run, runtime, services).ask(signal, task.createdAt)
  return result.kind === 'unknown'
}

const ABSENT = { status: 'absent', learnt: 'stream', usage: {}, ids: {} } as const satisfies Omit<
  RunEnd,
  'attempt'
>

const UNKNOWN = { status: 'unknown', learnt: 'never', usage: {}, ids: {} } as const satisfies Omit<
  RunEnd,
  'attempt'
>

function overBy(outcome: Extract<WithRunIds<LookUpResult>, { kind: 'succeeded' }>): End {
  return { kind: 'over', outcome, status: 'succeeded', learnt: 'look-up' }
}
