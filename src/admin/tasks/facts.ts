import { say } from '../../engine/sentence.ts'
import { listWaitingDeliveries, type WaitingDelivery } from '../../db/chats/deliveries.ts'
import { countOutputFiles, type FileCounts } from '../../db/rows/output-files.ts'
import { type ErrorGroup, listErrorGroups } from '../../db/rows/error-groups.ts'
import { type DurationSpread, durationSpread, settledPerBucket } from '../../db/stats/pace.ts'
import { listWork } from '../../db/stats/work.ts'
import { findWorkedMs } from '../../db/stats/worked.ts'
import { type Spent, sumUsage } from '../../db/stats/task-facts.ts'
import { listNotifications, type NotificationRow } from '../../db/tasks/notifications.ts'
import { findListedTask, type ListedTask } from '../../db/tasks/task-list.ts'
import { linksOf } from '../../app/result-links.ts'
import type { ResultLink } from '../../db/tasks/result-links.ts'
import { HttpFault } from '../http/fault.ts'
import type { AdminContext } from '../options.ts'
import { findFlagged, type Flagged } from '../../app/flags.ts'
import { firstPairs } from '../../app/compared-rows.ts'
import { type Comparison, findCompared } from '../../app/comparison.ts'
import type { ResultPair } from '../../engine/comparison.ts'
import { findTrial, type Trial } from '../../app/trial.ts'
import { findDraftOfTask } from '../../db/drafts/drafts.ts'
import { findProgress, type Progress, type ProgressSources } from '../../app/progress.ts'
import { findLimitUse } from '../../app/task-limit.ts'
import { findUsedUp } from '../../app/usage.ts'
import type { LimitUse } from '../../engine/limits.ts'
import type { MonthRoom } from '../../engine/month-limit.ts'

/** What the facts of a task are read with. */
export type FactSources = Pick<AdminContext, 'db' | 'cache' | 'clock' | 'slowdown'>

/** What a task’s page shows besides its rows and its log. */
export interface TaskPageFacts {
  task: ListedTask
  progress: Progress
  errors: ErrorGroup[]
  spent: Spent
  /** how long it worked, without pauses; 0 until it has ended */
  workedMs: number
  /** of a task that is paused at its limit */
  limitUse: LimitUse | undefined
  /** the limit a month that it is paused at */
  usedUp: MonthRoom | undefined
  /** nothing while it runs: later rows may change what is usual */
  flagged: Flagged
  /** of a task that rests after a trial */
  trial: Trial | undefined
  /** what it and the task that it is compared with gave, and the first rows of both */
  compared: { comparison: Comparison | undefined; pairs: ResultPair[] }
  /** its choices are stored, so that it can be run again with others */
  hasChoices: boolean
  /** among its outputs */
  files: FileCounts
  /** settled rows over the time it ran, in equal parts; undefined: it has not run long enough */
  course:
    | { settled: number[]; perMinute: (count: number) => number; fromAt: number; toAt: number }
    | undefined
  spread: DurationSpread | undefined
  /** what of it could be delivered to its owner nowhere */
  waits: WaitingDelivery[]
  /** who else is notified of its end, and what became of it */
  notifications: NotificationRow[]
  /** to its result, for people in chats */
  links: ResultLink[]
  now: number
}

/** Half of the page’s reload interval, so that of two viewers only one causes a query. */
const TASK_FRESH_MS = 1_500
/** For queries that read every row of the task. Large tasks are queried less often: the difference is not visible. */
const ROWS_FRESH_MS = 6_000
const LARGE_ROWS_FRESH_MS = 30_000
const LARGE_ROWS = 5_000
const GROUPS_SHOWN = 20
const TRIAL_ROWS_SHOWN = 50
const PAIRS_SHOWN = 50
/** A chart of fewer rows says nothing. */
const SPREAD_LEAST_ROWS = 5
/** At most this many parts, so that each is visible and has more than single rows. */
const COURSE_PARTS = 60
const COURSE_PART_LEAST_MS = 10_000
const COURSE_LEAST_MS = 6 * COURSE_PART_LEAST_MS

/** @throws Fault not_found */
export async function findTaskFacts(id: string, { db, cache }: AdminContext): Promise<ListedTask> {
  const task = await cache.get(`task:${id}`, TASK_FRESH_MS, () => findListedTask(db, id))
  if (!task) throw new HttpFault('not_found', say('no-such-task', { task: id }), say('do-list-has-tasks'))
  return task
}

/** @throws Fault not_found */
export async function taskPageFacts(id: string, context: AdminContext): Promise<TaskPageFacts> {
  const { db, clock } = context
  const task = await findTaskFacts(id, context)
  const { counts } = task
  const ofRows = rowsQueries(task, context)
  const trial = await trialOf(task, context)
  const { compared } = task
  return {
    task,
    progress: await findProgress(task, progressSources(context)),
    errors: counts.failed > 0 ? await ofRows('errors', () => listErrorGroups(db, id, GROUPS_SHOWN)) : [],
    spent: await spentOf(task, context),
    workedMs:
      task.finishedAt === null ? 0 : await ofRows('worked', () => findWorkedMs(db, task, clock.now())),
    limitUse: task.atLimit ? await findLimitUse(db, task) : undefined,
    usedUp: task.atMonthLimit ? await findUsedUp(db, task, clock.now()) : undefined,
    flagged: await flaggedOf(task, context),
    trial: compared && compared.chosen === null ? undefined : trial,
    compared: await comparedOf(task, context),
    hasChoices: trial !== undefined && (await findDraftOfTask(db, id)) !== undefined,
    files: await ofRows('files', () => countOutputFiles(db, id)),
    course: await courseOf(task, context, ofRows),
    spread:
      counts.succeeded >= SPREAD_LEAST_ROWS
        ? await ofRows('spread', () => durationSpread(db, id))
        : undefined,
    waits: task.finishedAt === null ? [] : await listWaitingDeliveries(db, { taskId: id }),
    notifications: await listNotifications(db, id),
    links: await linksOf(context, id),
    now: clock.now(),
  }
}

/** What a task has cost so far. */
export function spentOf(task: ListedTask, context: FactSources): Promise<Spent> {
  return rowsQueries(task, context)('spent', () => sumUsage(context.db, task.id))
}

/** What there is to look at in it, once it does not run. */
export function flaggedOf(task: ListedTask, context: FactSources): Promise<Flagged> {
  return rowsQueries(task, context)('flagged', () => findFlagged(context.db, task))
}

/** What its trial gave, with its first rows, while it rests after it. */
export function trialOf(task: ListedTask, context: FactSources): Promise<Trial | undefined> {
  return rowsQueries(task, context)('trial', () => findTrial(context.db, task, TRIAL_ROWS_SHOWN))
}

/** What a comparison came to so far, and its first rows; both are read seldom. */
function comparedOf(task: ListedTask, context: AdminContext): Promise<TaskPageFacts['compared']> {
  const { compared } = task
  if (!compared) return Promise.resolve({ comparison: undefined, pairs: [] })
  return rowsQueries(task, context)('comparison', async () => ({
    comparison: await findCompared(context.db, task.id),
    pairs: await firstPairs(context.db, compared, PAIRS_SHOWN),
  }))
}

/** Runs queries over all rows of a task seldom, whoever asks. Another state of the task has other answers. */
export function rowsQueries({ id, status, counts }: ListedTask, { cache }: Pick<FactSources, 'cache'>) {
  const freshMs = counts.total > LARGE_ROWS ? LARGE_ROWS_FRESH_MS : ROWS_FRESH_MS
  return <T>(what: string, ask: () => Promise<T>): Promise<T> =>
    cache.get(`task:${id}:${status}:${what}`, freshMs, ask)
}

async function courseOf(
  { id, startedAt, finishedAt, counts }: ListedTask,
  { db, clock }: AdminContext,
  ofRows: <T>(what: string, ask: () => Promise<T>) => Promise<T>,
): Promise<TaskPageFacts['course']> {
  const toAt = finishedAt ?? clock.now()
  if (startedAt === null || toAt - startedAt < COURSE_LEAST_MS || counts.left === counts.total)
    return undefined
  return ofRows('course', async () => {
    const ranMs = toAt - startedAt
    const buckets = Math.min(COURSE_PARTS, Math.floor(ranMs / COURSE_PART_LEAST_MS))
    const settled = await settledPerBucket(db, id, { from: startedAt, to: toAt + 1, buckets })
    const partMinutes = ranMs / buckets / 60_000
    return { settled, perMinute: (count: number) => count / partMinutes, fromAt: startedAt, toAt }
  })
}

/** How long the recent work of running tasks is cached, for all viewers. */
const WORK_FRESH_MS = 5_000

/** Where their progress comes from. Of tasks whose work is not known any more, it is asked for together. */
export function progressSources({ db, cache, clock, slowdown }: FactSources): ProgressSources {
  const now = clock.now()
  return {
    now,
    slowdown,
    async work(taskIds) {
      let asked: ReturnType<typeof listWork> | undefined
      const works = taskIds.map(async (id) => {
        const work = await cache.get(`task:${id}:work`, WORK_FRESH_MS, async () =>
          (await (asked ??= listWork(db, taskIds, now))).get(id),
        )
        return [id, work] as const
      })
      return new Map((await Promise.all(works)).flatMap(([id, work]) => (work ? [[id, work]] : [])))
    },
  }
}
