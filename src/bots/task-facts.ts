import type { Progress } from '../app/progress.ts'
import { findResultRow } from '../db/rows/result-rows.ts'
import type { Db } from '../db/schema.ts'
import { countInFlight, type FailureGroup, listFailures, sumUsage } from '../db/stats/task-facts.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { ResultRow } from '../engine/task.ts'

/** All that a task’s message is made of. */
export interface TaskFacts {
  task: TaskView
  failures: FailureGroup[]
  spent: { tokens: number; prices: { currency: string; price: number }[] }
  /** rows at Dify, of a paused task */
  inFlight: number
  /** the row that was tried first, when it is settled and the others wait */
  tried: ResultRow | undefined
  progress: Progress
  /** undefined: there is no page to point at */
  pageUrl: string | undefined
}

/** The facts as the database has them, beside how far the task is and where its page is. */
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
    spent: spends ? await sumUsage(db, task.id) : { tokens: 0, prices: [] },
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
