import type { Work, WorkedPart } from '../db/stats/work.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { Slowdown } from '../engine/throttle.ts'
import type { Texts } from '../messages/texts/texts.ts'

/** How far a task is and how it goes on: chat, page, command line, API and its streams show this and nothing else. */
export interface Progress {
  /** rows that are to run */
  total: number
  done: number
  failed: number
  /** not run, since the task was stopped */
  cancelled: number
  /** pending or running */
  left: number
  /** done or failed */
  settled: number
  /** settled of the total, 0 to 1; of no rows all are */
  share: number
  /** undefined: it does not go on, or not long enough to tell */
  perMinute: number | undefined
  /** until none is left, at this rate; undefined as the rate is */
  leftMs: number | undefined
  /** settled in each of the last whole minutes that it was being run, oldest first, 30 at most */
  minutes: number[]
  /** undefined: nothing that is known of */
  slowedBy: SlowedBy | undefined
}

/** Why a task that runs is slower than it was asked to be. Another reason is another kind, with its own figures. */
export type SlowedBy =
  /** Dify answers “too many requests”: so many calls at once, for now */
  | { kind: 'throttled'; atOnce: number }
  /** as many calls or tokens a minute as Dify and the models behind it let through */
  | { kind: 'paced'; perMinute: number | undefined; tokensPerMinute: number | undefined }
  /** Dify does not answer, and all rows wait; `sinceMs` since 1970 */
  | { kind: 'trouble'; sinceMs: number; lastAnswer: string; askedEveryMs: number; rows: number }

/** What a task’s counts do not tell. */
export interface ProgressFacts {
  now: number
  /** undefined: it does not run */
  work?: Work | undefined
  /** why its workflow takes fewer calls than it is set to */
  slowdown?: Slowdown | undefined
}

type Counted = Pick<TaskView, 'status' | 'counts'>

export function progressOf({ status, counts }: Counted, { now, work, slowdown }: ProgressFacts): Progress {
  const { total, succeeded: done, failed, cancelled, left } = counts
  const settled = done + failed
  const isRunning = status === 'running'
  const perMinute = isRunning && left > 0 && work ? rateOf(work, now) : undefined
  return {
    total,
    done,
    failed,
    cancelled,
    left,
    settled,
    share: total === 0 ? 1 : settled / total,
    perMinute,
    leftMs: perMinute === undefined ? undefined : (left / perMinute) * MINUTE_MS,
    minutes: isRunning && work ? wholeMinutes(work.parts) : [],
    slowedBy: isRunning && slowdown ? slowedByOf(slowdown, left) : undefined,
  }
}

export interface ProgressSources {
  now: number
  /** of tasks that run, all asked for at once: listWork, or what remembers its answers */
  work: (taskIds: string[]) => Promise<Map<string, Work>>
  /** see ProgressFacts */
  slowdown: (workflowId: string) => Slowdown | undefined
}

/** Each of these tasks with its progress, in their order. */
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
  return found?.progress ?? progressOf(task, { now: sources.now }) // one in, one out
}

type Shown = Counted & Pick<TaskView, 'id' | 'workflowId'>

/** In the words of chat and page. */
export function slowedText(slowedBy: SlowedBy, { tasks }: Texts): string {
  switch (slowedBy.kind) {
    case 'throttled':
      return tasks.slowed(slowedBy.atOnce)
    case 'paced':
      return tasks.paced(slowedBy)
    case 'trouble':
      return tasks.trouble(slowedBy)
  }
}

function slowedByOf(slowdown: Slowdown, left: number): SlowedBy {
  if (slowdown.kind !== 'trouble') return slowdown
  const { since, lastAnswer, askedEveryMs } = slowdown
  return { kind: 'trouble', sinceMs: since, lastAnswer, askedEveryMs, rows: left }
}

/** `████████░░░░`, as many cells as there are signs in all. */
export function textBar({ share }: Pick<Progress, 'share'>, cells: number, sign: string): string {
  const full = Math.floor(share * cells)
  return sign.repeat(full) + '░'.repeat(cells - full)
}

const MINUTE_MS = 60_000
/** The rate is that of the last so many minutes worked; of a longer time only where these have too few rows to tell. */
const RATE_MINUTES = [3, 10, 30]
const LEAST_ROWS = 5
/** A shorter time tells nothing. */
const LEAST_MS = 1_000
/** No row for so long, and for three times as long as one usually takes: it stands still. */
const STILL_MS = 60_000
const STILL_ROWS = 3

/**
 * Rows a minute up to the row that was settled last: between two rows it stays the same, so that no message is edited
 * for a digit.
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

/** Of the shortest of the times that has enough rows in it; else of the longest. */
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

/** The last parts that are at least so long together. */
function lastOf(parts: WorkedPart[], leastMs: number): Recent {
  let [ms, rows] = [0, 0]
  for (const part of parts.toReversed()) {
    if (ms >= leastMs) break
    ms += part.toAt - part.fromAt
    rows += part.rows
  }
  return { ms, rows }
}

/** The minute that has only begun is left out: it would look like a fall. */
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
