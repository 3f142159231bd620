import { compiledOnce } from '../compiled.ts'
import type { Db } from '../schema.ts'
import type { TaskView } from '../tasks/tasks.ts'
import { SETTLED } from './pace.ts'
import { BEGINS, ENDS } from './work.ts'

type Timed = Pick<TaskView, 'id' | 'startedAt' | 'finishedAt'>

/**
 * How long these tasks worked, by task id, in ms: the time in which a runner had them, with the rows that ended after a
 * pause, but without pauses, stops and time without a runner. A task that was paused over night did not take 14 h.
 */
export async function listWorkedMs(db: Db, tasks: Timed[], now: number): Promise<Map<string, number>> {
  const worked = new Map<string, number>()
  for (const task of tasks) {
    const changes = task.startedAt === null ? [] : (await findChanges(db, { taskId: task.id })).rows
    worked.set(task.id, await workedMsOf(db, task, changes, now))
  }
  return worked
}

/** The same of one task. */
export async function findWorkedMs(db: Db, task: Timed, now: number): Promise<number> {
  return (await listWorkedMs(db, [task], now)).get(task.id) ?? 0
}

interface StateChange {
  id: number
  at: number
  event: string
}

// Task by task: of several at once, SQLite reads what happened to every task there ever was.
const findChanges = compiledOnce((db, { taskId }: { taskId: string }) =>
  db
    .selectFrom('execution_logs')
    .select(['id', 'at', 'event'])
    .where('task_id', '=', taskId)
    .where('execution_id', 'is', null)
    .where('event', 'in', [...BEGINS, ...ENDS])
    .orderBy('id'),
)

async function workedMsOf(
  db: Db,
  { id, startedAt, finishedAt }: Timed,
  changes: StateChange[],
  now: number,
): Promise<number> {
  if (startedAt === null) return 0
  const untilAt = finishedAt ?? now
  // A task of an earlier version.
  if (!changes.some(({ event }) => BEGINS.includes(event))) return Math.max(0, untilAt - startedAt)

  let ms = 0
  let fromAt: number | undefined
  for (const [i, change] of changes.entries()) {
    const next = changes[i + 1]
    if (BEGINS.includes(change.event)) {
      fromAt = change.at
      if (!next) ms += Math.max(0, untilAt - fromAt)
      // Its runner died: it worked until the last sign of life.
      else if (BEGINS.includes(next.event)) ms += Math.max(0, (await lastSign(db, id, change, next)) - fromAt)
      continue
    }
    if (fromAt === undefined) continue
    // Rows that were at Dify when it was paused are settled afterwards.
    const lastAt = await lastSettled(db, id, change.at, next?.at ?? untilAt + 1)
    ms += Math.max(0, Math.max(change.at, lastAt ?? 0) - fromAt)
    fromAt = undefined
  }
  return ms
}

/** The last thing that happened before the next runner took the task. */
async function lastSign(db: Db, taskId: string, from: StateChange, next: StateChange): Promise<number> {
  const { at } = await db
    .selectFrom('execution_logs')
    .select(({ fn }) => fn.max<number | null>('at').as('at'))
    .where('task_id', '=', taskId)
    .where('id', '>=', from.id)
    .where('id', '<', next.id)
    .executeTakeFirstOrThrow()
  const settledAt = await lastSettled(db, taskId, from.at, next.at)
  return Math.max(from.at, at ?? 0, settledAt ?? 0)
}

/** When the last row was settled that was settled at `from` or later, and before `to`. */
async function lastSettled(db: Db, taskId: string, from: number, to: number): Promise<number | null> {
  const { at } = await db
    .selectFrom('task_executions')
    .select(({ fn }) => fn.max<number | null>('finished_at').as('at'))
    .where('task_id', '=', taskId)
    .where(SETTLED)
    .where('finished_at', '>=', from)
    .where('finished_at', '<', to)
    .executeTakeFirstOrThrow()
  return at
}
