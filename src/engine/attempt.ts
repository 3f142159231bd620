import { type Following, followingOf, type AttemptContext, type End } from './following.ts'
import { earlierRuns } from './earlier-runs.ts'
import { call, follow } from './follow.ts'
import type { Outcome } from './outcome.ts'
import type { Probe } from './probe.ts'
import { withRequired } from './required-outputs.ts'
import { leaveRivals } from './rivals.ts'
import { idsOf, newRun, type Run, type RunEnd, type Usage } from './run.ts'
import { usageOf } from './call-status.ts'
import type { Claim } from './task.ts'
import { say } from './sentence.ts'
import { Tracked } from './tracked.ts'

/** The result of an attempt, ready to be settled. */
export interface AttemptResult {
  claim: Claim
  outcome: Outcome
  /** the run that the outcome comes from */
  run: Run
  /** the runs of the row that are known to have ended */
  ends: RunEnd[]
  /** the end of the run is not known yet; the row waits until it is */
  unresolved: boolean
  /** ms until the run is looked up again; until then the row waits without a lane */
  askAfterMs?: number
  /** when the call was sent, on the monotonic clock */
  sentAt: number
}

/** After this many runs lost in Dify's queue the row has failed. */
const MOST_OVERDUE = 2
/** So often in a row the files of a row are uploaded again because Dify has lost them. */
const MOST_REPEATED_UPLOADS = 3

/**
 * Takes one claimed row through the workflow. Earlier runs of the row whose end is not known are looked up before any
 * new call, even if another process made them: a run that can be found again must not be paid for twice.
 * @returns undefined if the task was stopped, this runner is leaving or the claim is lost: there is nothing to settle
 */
export async function attempt(
  claimed: Claim,
  context: AttemptContext,
  probe: Probe,
): Promise<AttemptResult | undefined> {
  const earlier = claimed.open.length === 0 ? undefined : await earlierRuns(claimed, context, probe)
  if (context.signal.aborted && earlier && !earlier.follow) return undefined
  if (earlier?.decided) return attemptResult(earlier.decided.following, earlier.decided.end, earlier.ends)

  let ends = earlier?.ends ?? []
  let following = earlier?.follow
  let isOurs = following === undefined
  let end: End
  if (following) end = await follow(following)
  else {
    following = earlier
      ? await begin(claimed, context, ends)
      : followingOf(context, claimed, firstRun(claimed, context))
    if (!following) return undefined
    ends = []
    end = await found(following, probe)
  }
  for (let uploads = 0; ;) {
    if (end.kind === 'overdue') following.tracked.giveUp()
    await following.tracked.stored()
    const lostFiles = lostFilesOf(end)
    if (lostFiles && ++uploads > MOST_REPEATED_UPLOADS)
      return attemptResult(following, withoutFiles(lostFiles), ends)
    const isTired =
      end.kind === 'overdue' ? overdueRuns(following).length >= MOST_OVERDUE : isTurnedAway(following)
    const isAnew = end.kind === 'overdue' || (end.kind === 'anew' && !isOurs)
    if (!lostFiles && (!isAnew || isTired)) return attemptResult(following, end, ends)

    following.stream?.cut()
    await following.tracked.over()
    const next = await begin(withOpen(following), context, [
      ...ends,
      ...following.ends,
      ...endsOf(following, end),
    ])
    if (!next) return undefined
    following = next
    ends = []
    isOurs = true
    end = await call(following)
  }
}

type Over = Extract<End, { kind: 'over' }>

/** Dify has lost what was uploaded for the run, so nothing ran. Not the row's fault: it is uploaded again. */
function lostFilesOf(end: End): Over | undefined {
  return end.kind === 'over' && end.outcome.kind === 'failed' && end.outcome.filesGone ? end : undefined
}

function withoutFiles(end: Over): Over {
  const error = say('files-lost', {
    times: MOST_REPEATED_UPLOADS + 1,
    error: 'error' in end.outcome ? end.outcome.error : '',
  })
  return { ...end, outcome: { kind: 'rejected', error } }
}

/** The database may be a backup: looks for a run under the `user` that this call would have, before making the call. */
async function found(following: Following, probe: Probe): Promise<End> {
  const { tracked, task, runtime, signal } = following
  if (!probe.isOn || !runtime.app.canLookUp) return call(following)
  const result = await tracked.ask(signal, task.createdAt)
  if (signal.aborted) return follow(following)
  if (result.kind === 'lost') return { kind: 'open', outcome: result }
  probe.saw(result.kind !== 'unknown')
  return result.kind === 'unknown' ? call(following) : follow(following)
}

/** Starts a new attempt and stores its run. Runs that are still open become its rivals. */
async function begin(claim: Claim, context: AttemptContext, ends: RunEnd[]): Promise<Following | undefined> {
  const { services, task, runtime } = context
  const claimedAt = services.clock.uptime()
  const next = await services.rows.beginAttempt(claim, task, Math.round(services.clock.monotonicNow()), ends)
  if (!next) return undefined
  const rivals = next.open
    .filter(({ startedAt }) => startedAt === null)
    .map((run) => new Tracked(run, runtime, services))
  return followingOf({ ...context, claimedAt }, next, firstRun(next, context), rivals)
}

/** The run that was stored together with the claim. */
function firstRun(claim: Claim, { task, runtime, services }: AttemptContext): Tracked {
  return new Tracked(newRun(claim, task, Math.round(services.clock.monotonicNow())), runtime, services)
}

function withOpen({ claim, tracked, rivals }: Following): Claim {
  const open = [...rivals.map(({ run }) => run), tracked.run]
  const attempts = new Set(open.map(({ attempt }) => attempt))
  return { ...claim, open: [...claim.open.filter(({ attempt }) => !attempts.has(attempt)), ...open] }
}

function overdueRuns({ tracked, rivals }: Following): Tracked[] {
  return [...rivals, tracked].filter(({ run }) => run.givenUpAt !== null && run.startedAt === null)
}

function isTurnedAway({ claim, services }: Following): boolean {
  if (claim.turnedAwayAt === null) return false
  return services.clock.monotonicNow() - claim.turnedAwayAt >= services.timing.turnedAwayMs
}

async function attemptResult(
  following: Following,
  end: End,
  before: RunEnd[],
): Promise<AttemptResult | undefined> {
  if (end.kind === 'left' || (end.kind === 'open' && following.signal.aborted)) return undefined
  following.stream?.cut()
  const { claim, tracked, runtime } = following
  if (end.kind === 'given-up') tracked.giveUp()
  if (end.kind === 'waiting') tracked.paused()
  if (end.kind === 'open' || end.kind === 'waiting') {
    await tracked.stored() // not over(): the run may still wait in Dify's queue, and counts there
  } else await tracked.over()
  const outcome = withRequired(outcomeOf(following, end), runtime.requiredOutputs)
  if (end.kind === 'waiting') leaveRivals(following)
  if (outcome.kind === 'succeeded') leaveOthers(following)
  for (const rival of following.rivals) await rival.over()
  return {
    claim,
    outcome,
    run: tracked.run,
    ends: [...before, ...following.ends, ...endsOf(following, end)],
    unresolved: end.kind === 'open' || end.kind === 'waiting',
    sentAt: tracked.marks.sent,
    ...(end.kind === 'open' && end.askAfterMs !== undefined && { askAfterMs: end.askAfterMs }),
  }
}

/** The row has its result. Other runs of it are stopped; one that has succeeded too is recorded and shown. */
function leaveOthers(following: Following): void {
  const { claim, tracked, rivals, ends, runtime, services } = following
  const seen = new Set([tracked, ...rivals].map(({ run }) => run.attempt))
  for (const { attempt } of ends) seen.add(attempt)
  for (const run of claim.open) {
    if (!seen.has(run.attempt)) rivals.push(new Tracked(run, runtime, services))
  }
  leaveRivals(following)
}

function outcomeOf(following: Following, end: Exclude<End, { kind: 'left' }>): Outcome {
  switch (end.kind) {
    case 'over':
    case 'open':
    case 'given-up':
      return end.outcome
    case 'waiting':
      return { ...end.outcome, usage: withSpent(following, usageOf(end.outcome)) }
    case 'anew':
      // Not the row's fault, unless it happens again and again for an hour.
      return isTurnedAway(following)
        ? { kind: 'failed', error: end.words, ...(end.usage && { usage: end.usage }) }
        : {
            kind: 'throttled',
            by: 'server',
            error: end.words,
            slow: false,
            ...(end.usage && { usage: end.usage }),
          }
    case 'overdue':
      return { kind: 'failed', error: say('lost-in-queue', { times: MOST_OVERDUE }) }
  }
}

function endsOf({ tracked }: Following, end: End): RunEnd[] {
  if (end.kind !== 'over' && end.kind !== 'anew') return []
  const { attempt, acceptedAt, startedAt, heardAt } = tracked.run
  const { status, learnt } = end
  const usage = withSpent({ tracked }, end.kind === 'over' ? usageOf(end.outcome) : (end.usage ?? {}))
  const times = { acceptedAt, startedAt, heardAt }
  return [{ attempt, status, learnt, usage, ids: idsOf(tracked.run), times }]
}

/** A run that went on after a pause: its stream has only the prices of what came later. */
function withSpent({ tracked }: Pick<Following, 'tracked'>, usage: Usage): Usage {
  const { price, currency } = tracked.run.spent
  if (price === undefined || (usage.currency !== undefined && usage.currency !== currency)) return usage
  return { ...usage, price: price + (usage.price ?? 0n), ...(currency && { currency }) }
}
