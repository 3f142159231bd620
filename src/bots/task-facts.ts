import { findFlagged, type Flagged } from '../app/flags.ts'
import type { Progress } from '../app/progress.ts'
import { findLimitUse } from '../app/task-limit.ts'
import { findUsedUp } from '../app/usage.ts'
import type { SideName } from '../engine/comparison.ts'
import type { LimitUse } from '../engine/limits.ts'
import type { MonthRoom } from '../engine/month-limit.ts'
import {
  actTogether,
  areOver,
  type ComparedPair,
  type Comparison,
  comparisonOf,
  findPair,
} from '../app/comparison.ts'
import { findTrial, type Trial } from '../app/trial.ts'
import { listTrialCosts } from '../db/stats/estimates.ts'
import type { Db } from '../db/schema.ts'
import {
  countInFlight,
  type FailureGroup,
  listFailures,
  type Spent,
  sumUsage,
} from '../db/stats/task-facts.ts'
import { findWorkedMs } from '../db/stats/worked.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { TRIAL_ROWS_SHOWN } from './trial-view.ts'

/** At which limit a task has paused. */
export interface LimitFacts {
  /** of a task that is paused at its own */
  limitUse?: LimitUse | undefined
  /** the limit a month that it is paused at; undefined also if that has room again */
  usedUp?: MonthRoom | undefined
}

/** Everything that a task’s message shows. */
export interface TaskFacts {
  task: TaskView
  failures: FailureGroup[]
  /** nothing while it runs: it changes with every row */
  spent: Spent
  /** how long it worked; 0 while it runs: it changes with every second */
  workedMs: number
  /** nothing while it runs: later rows may change what is usual */
  flagged: Flagged
  limit: LimitFacts
  /** for a paused task: rows that are still running */
  inFlight: number
  /** of a running task: how many rows it tries before the others; 0: none */
  trying: number
  /** of a task that rests after a trial */
  trial: Trial | undefined
  /** of a task that is compared with another, until one of them goes on with all rows */
  pair: ComparedPair | undefined
  /** of that pair */
  limits: Record<SideName, LimitFacts> | undefined
  /** what both gave, once no row is left */
  comparison: Comparison | undefined
  progress: Progress
  /** undefined: the page has no URL */
  pageUrl: string | undefined
}

/** Reads the facts from the database and adds progress and the page’s URL. */
export async function factsOf(
  db: Db,
  task: TaskView,
  { now, ...live }: Pick<TaskFacts, 'progress' | 'pageUrl'> & { now: number },
): Promise<TaskFacts> {
  const isOver = task.finishedAt !== null
  const trial = await findTrial(db, task, TRIAL_ROWS_SHOWN)
  const found = await findPair(db, task.id)
  const pair = found && actTogether(found) ? found : undefined
  const spends = isOver || task.status === 'paused'
  return {
    task,
    failures: (isOver || trial) && task.counts.failed > 0 ? await listFailures(db, task.id) : [],
    spent: spends ? await sumUsage(db, task.id) : { tokens: 0, prices: [], unpriced: 0, unknownCalls: 0 },
    workedMs: task.finishedAt !== null ? await findWorkedMs(db, task, task.finishedAt) : 0,
    flagged: await findFlagged(db, task),
    limit: await limitFactsOf(db, task, now),
    inFlight: task.status === 'paused' ? await countInFlight(db, task.id) : 0,
    trying:
      task.status === 'running' && task.pauseAfter !== null ? (await listTrialCosts(db, task.id)).length : 0,
    trial,
    pair,
    limits: pair && {
      a: await limitFactsOf(db, pair.a.task, now),
      b: await limitFactsOf(db, pair.b.task, now),
    },
    comparison: pair && areOver(pair) ? await comparisonOf(db, pair) : undefined,
    ...live,
  }
}

async function limitFactsOf(db: Db, task: TaskView, now: number): Promise<LimitFacts> {
  return {
    limitUse: task.atLimit ? await findLimitUse(db, task) : undefined,
    usedUp: task.atMonthLimit ? await findUsedUp(db, task, now) : undefined,
  }
}
