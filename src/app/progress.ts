import type { Work, WorkedPart } from '../db/stats/work.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { Slowdown } from '../engine/slowdown.ts'
import type { Line } from '../messages/prompt.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Sentence } from '../engine/sentence.ts'

/** A task’s progress, the same for chat, page, command line, API and streams. */
export interface Progress {
  /** rows to run */
  total: number
  done: number
  failed: number
  /** not run, because the task was stopped */
  cancelled: number
  /** pending, running or waiting for a person */
  left: number
  /** of these: how many wait for a person */
  waiting: number
  /** done or failed */
  settled: number
  /** settled rows divided by the total, 0 to 1; 1 if there are no rows */
  share: number
  /** undefined: it is not running, or not long enough to say */
  perMinute: number | undefined
  /** time until no row is left, at this rate; undefined whenever the rate is */
  leftMs: number | undefined
  /** rows settled in each of the last whole minutes of running, oldest first, 30 at most */
  minutes: number[]
  /** undefined: no known reason */
  slowedBy: SlowedBy | undefined
}

/** Why a running task is slower than it was asked to be. Another reason will be another kind, with its own fields. */
export type SlowedBy =
  /** Dify answers “too many requests”: so many calls at once, for now */
  | { kind: 'throttled'; atOnce: number }
  /** as many calls or tokens a minute as Dify and the models behind it let through */
  | { kind: 'paced'; perMinute: number | undefined; tokensPerMinute: number | undefined }
  /** Dify does not answer, and all rows wait; `sinceMs` since 1970 */
  | { kind: 'trouble'; sinceMs: number; lastAnswer: Sentence; askedEveryMs: number; rows: number }
  /** Dify has taken these calls, and no worker of it has started them; `waitMs` on average so far */
  | { kind: 'queued'; rows: number; waitMs: number }
  /** Dify has started these runs, and nothing is heard of them; `silentMs` of the longest */
  | { kind: 'silent'; rows: number; silentMs: number }

/** Facts for the progress that a task’s counts do not contain. */
export interface ProgressFacts {
  now: number
  /** undefined: it is not running */
  work?: Work | undefined
  /** why its workflow takes fewer calls than it is set to */
  slowdown?: Slowdown | undefined
}

type Counted = Pick<TaskView, 'status' | 'counts'> & Partial<Pick<TaskView, 'waiting'>>

export function progressOf(
  { status, counts, waiting = 0 }: Counted,
  { now, work, slowdown }: ProgressFacts,
): Progress {
  const { total, succeeded: done, failed, cancelled, left } = counts
  const settled = done + failed
  const isRunning = status === 'running'
  // Nobody knows when a person answers.
  const toRun = left - waiting
  const perMinute = isRunning && toRun > 0 && work ? rateOf(work, now) : undefined
  return {
    total,
    done,
    failed,
    cancelled,
    left,
    waiting,
    settled,
    share: total === 0 ? 1 : settled / total,
    perMinute,
    leftMs: perMinute === undefined ? undefined : (toRun / perMinute) * MINUTE_MS,
    minutes: isRunning && work ? wholeMinutes(work.parts) : [],
    slowedBy: isRunning ? slowedByOf({ now, work, slowdown }, toRun) : undefined,
  }
}

export interface ProgressSources {
  now: number
  /** for running tasks, all in one call: listWork, or a cache of it */
  work: (taskIds: string[]) => Promise<Map<string, Work>>
  /** see ProgressFacts */
  slowdown: (workflowId: string) => Slowdown | undefined
}

/** These tasks in their order, each with its progress. */
export async function listProgress<T extends Shown>(
  tasks: T[],
  sources: ProgressSources,
): Promise<{ task: T; progress: Progress }[]> {
  const { now, slowdown } = sources
  const running = tasks.filter(({ status }) => status === 'running').map(({ id }) => id)
  const work = running.length > 0 ? await sources.work(running) : undefined
  return tasks.map((task) => ({
    task,
    progress: progressOf(task, { now, work: work?.get(task.id), slowdown: slowdown(task.workflowId) }),
  }))
}

export async function findProgress(task: Shown, sources: ProgressSources): Promise<Progress> {
  const [found] = await listProgress([task], sources)
  return found?.progress ?? progressOf(task, { now: sources.now }) // one task in, one out
}

type Shown = Counted & Pick<TaskView, 'id' | 'workflowId'>

/** The line for chat and page. */
export function slowedLine(slowedBy: SlowedBy, { tasks, numbers, say }: Texts): Line {
  switch (slowedBy.kind) {
    case 'throttled':
      return [tasks.slowed(slowedBy.atOnce)]
    case 'paced':
      return [tasks.paced(slowedBy)]
    case 'trouble':
      return tasks.trouble(
        { time: slowedBy.sinceMs, text: numbers.clock(slowedBy.sinceMs) },
        { ...slowedBy, lastAnswer: say(slowedBy.lastAnswer) },
      )
    case 'queued':
      return [tasks.queued(slowedBy.rows, slowedBy.waitMs)]
    case 'silent':
      return [tasks.silent(slowedBy.rows, slowedBy.silentMs)]
  }
}

/** The gravest reason. Times are in coarse steps, so that messages are not edited just because time passes. */
function slowedByOf({ now, work, slowdown }: ProgressFacts, left: number): SlowedBy | undefined {
  if (slowdown?.kind === 'trouble') {
    const { since, lastAnswer, askedEveryMs } = slowdown
    return { kind: 'trouble', sinceMs: since, lastAnswer, askedEveryMs, rows: left }
  }
  if (work?.silent) {
    const { count, since } = work.silent
    return { kind: 'silent', rows: count, silentMs: coarse(now - since) }
  }
  if (work?.queued && work.queued.waitMs >= QUEUED_MS) {
    return { kind: 'queued', rows: work.queued.count, waitMs: coarse(work.queued.waitMs) }
  }
  return slowdown
}

/** A worker that is free takes a call sooner. */
const QUEUED_MS = 10_000

/** Whole minutes; tens of seconds below two of them. */
function coarse(ms: number): number {
  const step = ms < 120_000 ? 10_000 : 60_000
  return Math.floor(Math.max(0, ms) / step) * step
}

/** `████████░░░░`, as many cells as there are signs in all. */
export function textBar({ share }: Pick<Progress, 'share'>, cells: number, sign: string): string {
  const full = Math.floor(share * cells)
  return sign.repeat(full) + '░'.repeat(cells - full)
}

const MINUTE_MS = 60_000
/**
 * The rate is that of the last so many minutes of work; a longer time counts only if a shorter one has too few rows.
 */
const RATE_MINUTES = [3, 10, 30]
const LEAST_ROWS = 5
/** A shorter time says nothing about the rate. */
const LEAST_MS = 1_000
/** If no row settles for this long, and for three times as long as usual, the task counts as stalled. */
const STILL_MS = 60_000
const STILL_ROWS = 3

/**
 * Rows per minute up to the last settled row. It stays the same between two rows, so that messages are not edited
 * just because time passes.
 */
function rateOf({ parts, lastAt }: Work, now: number): number | undefined {
  if (lastAt === null) return undefined
  const upToLast = parts
    .filter(({ fromAt }) => fromAt <= lastAt)
    .map((part) => ({ ...part, toAt: Math.min(part.toAt, lastAt) }))
  const recent = recentOf(upToLast)
  if (recent.rows === 0 || recent.ms < LEAST_MS) return undefined
  const sinceMs = parts.reduce((ms, { fromAt, toAt }) => {
    return ms + Math.max(0, Math.min(toAt, now) - Math.max(fromAt, lastAt))
  }, 0)
  const isStill = sinceMs > Math.max(STILL_MS, (STILL_ROWS * recent.ms) / recent.rows)
  return isStill ? undefined : (recent.rows / recent.ms) * MINUTE_MS
}

/** The shortest of the times that has enough rows, or else the longest. */
function recentOf(parts: WorkedPart[]): Recent {
  let recent: Recent = { ms: 0, rows: 0 }
  for (const minutes of RATE_MINUTES) {
    recent = lastOf(parts, minutes * MINUTE_MS)
    if (recent.rows >= LEAST_ROWS) break
  }
  return recent
}

interface Recent {
  ms: number
  rows: number
}

/** The last parts that together last at least `leastMs`. */
function lastOf(parts: WorkedPart[], leastMs: number): Recent {
  let [ms, rows] = [0, 0]
  for (const part of parts.toReversed()) {
    if (ms >= leastMs) break
    ms += part.toAt - part.fromAt
    rows += part.rows
  }
  return { ms, rows }
}

/** Without the current minute, which is incomplete and would look like a drop. */
function wholeMinutes(parts: WorkedPart[]): number[] {
  const minutes: number[] = []
  let [ms, rows] = [0, 0]
  for (const part of parts) {
    ms += part.toAt - part.fromAt
    rows += part.rows
    if (ms < MINUTE_MS) continue
    minutes.push((rows / ms) * MINUTE_MS)
    ms = rows = 0
  }
  return minutes
}
