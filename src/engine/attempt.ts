import { type Chase, chaseOf, type Course, type End } from './chase.ts'
import { earlierRuns } from './earlier-runs.ts'
import { call, follow } from './follow.ts'
import type { Outcome } from './outcome.ts'
import type { Probe } from './probe.ts'
import { leaveRivals } from './rivals.ts'
import { idsOf, newRun, type Run, type RunEnd, usageOf } from './run.ts'
import type { Claim } from './task.ts'
import { Tracked } from './tracked.ts'

/** What an attempt came to. */
export interface Attempted {
  claim: Claim
  outcome: Outcome
  /** that decided */
  run: Run
  /** of the runs whose end is known now */
  ends: RunEnd[]
  /** the end of its run is not known, and the row waits for it */
  open: boolean
  /** it is asked for again in so long; the row waits for that in line, not in a lane */
  askAfterMs?: number
  /** when it was sent, on the clock that never jumps */
  sentAt: number
}

/** So many runs of a row that are lost in Dify's queue are enough: then it has failed. */
const MOST_OVERDUE = 2

/**
 * Takes one claimed row through the workflow. Runs of it whose end is not known, whatever became of the claim that made
 * them, are asked for before anything is called: nothing is paid twice that can be found again.
 * Undefined: the task was stopped, this runner is leaving or the claim is lost, so there is nothing to settle.
 */
export async function attempt(claimed: Claim, course: Course, probe: Probe): Promise<Attempted | undefined> {
  const earlier = claimed.open.length === 0 ? undefined : await earlierRuns(claimed, course)
  if (course.signal.aborted && earlier && !earlier.follow) return undefined
  if (earlier?.decided) return attempted(earlier.decided.chase, earlier.decided.end, earlier.ends)

  let ends = earlier?.ends ?? []
  let chase = earlier?.follow
  let isOurs = chase === undefined
  let end: End
  if (chase) end = await follow(chase)
  else {
    chase = earlier ? await begin(claimed, course, ends) : chaseOf(course, claimed, firstRun(claimed, course))
    if (!chase) return undefined
    ends = []
    end = await found(chase, probe)
  }
  for (;;) {
    if (end.kind === 'overdue') chase.tracked.giveUp()
    await chase.tracked.kept()
    const isTired = end.kind === 'overdue' ? overdueRuns(chase).length >= MOST_OVERDUE : isTurnedAway(chase)
    const isAnew = end.kind === 'overdue' || (end.kind === 'anew' && !isOurs)
    if (!isAnew || isTired) return attempted(chase, end, ends)

    chase.stream?.cut()
    await chase.tracked.over()
    const next = await begin(withOpen(chase), course, [...ends, ...chase.ends, ...endsOf(chase, end)])
    if (!next) return undefined
    chase = next
    ends = []
    isOurs = true
    end = await call(chase)
  }
}

/** A row of what may be a backup is asked for under the name that its call would have. */
async function found(chase: Chase, probe: Probe): Promise<End> {
  const { tracked, task, line, signal } = chase
  if (!probe.isOn || !line.app.canLookUp) return call(chase)
  const fate = await tracked.ask(signal, task.createdAt)
  if (signal.aborted) return follow(chase)
  if (fate.kind === 'lost') return { kind: 'open', outcome: fate }
  probe.saw(fate.kind !== 'unknown')
  return fate.kind === 'unknown' ? call(chase) : follow(chase)
}

/** A new attempt, its run written down. Runs that are still open are its rivals. */
async function begin(claim: Claim, course: Course, ends: RunEnd[]): Promise<Chase | undefined> {
  const { world, task, line } = course
  const begun = await world.rows.beginAttempt(claim, task, Math.round(world.clock.monotonicNow()), ends)
  if (!begun) return undefined
  const rivals = begun.open
    .filter(({ startedAt }) => startedAt === null)
    .map((run) => new Tracked(run, line, world))
  return chaseOf(course, begun, firstRun(begun, course), rivals)
}

/** That the claim wrote down. */
function firstRun(claim: Claim, { task, line, world }: Course): Tracked {
  return new Tracked(newRun(claim, task, Math.round(world.clock.monotonicNow())), line, world)
}

function withOpen({ claim, tracked, rivals }: Chase): Claim {
  const open = [...rivals.map(({ run }) => run), tracked.run]
  const attempts = new Set(open.map(({ attempt }) => attempt))
  return { ...claim, open: [...claim.open.filter(({ attempt }) => !attempts.has(attempt)), ...open] }
}

function overdueRuns({ tracked, rivals }: Chase): Tracked[] {
  return [...rivals, tracked].filter(({ run }) => run.givenUpAt !== null && run.startedAt === null)
}

function isTurnedAway({ claim, world }: Chase): boolean {
  if (claim.turnedAwayAt === null) return false
  return world.clock.monotonicNow() - claim.turnedAwayAt >= world.pace.turnedAwayMs
}

async function attempted(chase: Chase, end: End, before: RunEnd[]): Promise<Attempted | undefined> {
  if (end.kind === 'left') return undefined
  chase.stream?.cut()
  const { claim, tracked } = chase
  if (end.kind === 'given-up') tracked.giveUp()
  if (end.kind === 'open') {
    await tracked.kept() // and it waits in Dify's queue all the same, if it does
  } else await tracked.over()
  const outcome = outcomeOf(chase, end)
  if (outcome.kind === 'succeeded') leaveOthers(chase)
  for (const rival of chase.rivals) await rival.over()
  return {
    claim,
    outcome,
    run: tracked.run,
    ends: [...before, ...chase.ends, ...endsOf(chase, end)],
    open: end.kind === 'open',
    sentAt: tracked.marks.sent,
    ...(end.kind === 'open' && end.askAfterMs !== undefined && { askAfterMs: end.askAfterMs }),
  }
}

/** The row has its result: what may still go on of it is stopped, and what has succeeded, too, is shown. */
function leaveOthers(chase: Chase): void {
  const { claim, tracked, rivals, ends, line, world } = chase
  const known = new Set([tracked, ...rivals].map(({ run }) => run.attempt))
  for (const { attempt } of ends) known.add(attempt)
  for (const run of claim.open) {
    if (!known.has(run.attempt)) rivals.push(new Tracked(run, line, world))
  }
  leaveRivals(chase)
}

function outcomeOf(chase: Chase, end: Exclude<End, { kind: 'left' }>): Outcome {
  switch (end.kind) {
    case 'over':
    case 'open':
    case 'given-up':
      return end.outcome
    case 'anew':
      // Not the row's fault, unless it goes on so for an hour.
      return isTurnedAway(chase)
        ? { kind: 'failed', error: end.words, ...(end.usage && { usage: end.usage }) }
        : {
            kind: 'throttled',
            by: 'server',
            error: end.words,
            slow: false,
            ...(end.usage && { usage: end.usage }),
          }
    case 'overdue':
      return { kind: 'failed', error: `Waited in Dify’s queue ${MOST_OVERDUE} times and was not begun.` }
  }
}

function endsOf({ tracked }: Chase, end: End): RunEnd[] {
  if (end.kind !== 'over' && end.kind !== 'anew') return []
  const { attempt, acceptedAt, startedAt, heardAt } = tracked.run
  const { status, learnt } = end
  const usage = end.kind === 'over' ? usageOf(end.outcome) : (end.usage ?? {})
  const times = { acceptedAt, startedAt, heardAt }
  return [{ attempt, status, learnt, usage, ids: idsOf(tracked.run), times }]
}
