import { findFlagged, type Flagged } from '../app/flags.ts'
import type { Progress } from '../app/progress.ts'
import { findResultRow } from '../db/rows/result-rows.ts'
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
import type { ResultRow } from '../engine/task.ts'

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
  /** for a paused task: rows that are still running */
  inFlight: number
  /** the first row, if it was run before the others and is settled */
  tried: ResultRow | undefined
  progress: Progress
  /** undefined: the page has no URL */
  pageUrl: string | undefined
}

/** Reads the facts from the database and adds progress and the page’s URL. */
export async function factsOf(
  db: Db,
  task: TaskView,
  live: Pick<TaskFacts, 'progress' | 'pageUrl'>,
): Promise<TaskFacts> {
  const isOver = task.finishedAt !== null
  const spends = isOver || task.status === 'paused'
  return {
    task,
    failures: isOver && task.counts.failed > 0 ? await listFailures(db, task.id) : [],
    spent: spends ? await sumUsage(db, task.id) : { tokens: 0, prices: [], unpricedRows: 0, unknownCalls: 0 },
    workedMs: task.finishedAt !== null ? await findWorkedMs(db, task, task.finishedAt) : 0,
    flagged: await findFlagged(db, task),
    inFlight: task.status === 'paused' ? await countInFlight(db, task.id) : 0,
    tried: await findTried(db, task),
    ...live,
  }
}

async function findTried(db: Db, { id, status, pauseAfter }: TaskView): Promise<ResultRow | undefined> {
  if (status !== 'paused' || pauseAfter === null) return undefined
  const row = await findResultRow(db, id, pauseAfter)
  return row?.status === 'succeeded' || row?.status === 'failed' ? row : undefined
}
