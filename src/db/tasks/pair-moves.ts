import type { Trx } from '../schema.ts'
import { actingTogether, findComparison, markChosen, otherOf } from './comparisons.ts'
import { moveMessage } from '../chats/task-messages.ts'
import { trialIn } from './move-task.ts'
import { pauseTask, resumeTask, stopTask } from './people-moves.ts'
import { findTask, type TaskView } from './tasks.ts'

/*
 * What people do with a task that may be one of a comparison. Until one of the two is chosen, both act together, each as
 * far as its state allows. They return the tasks that have moved.
 */

export async function pausePair(trx: Trx, id: string, by: string, now: number): Promise<TaskView[]> {
  return each(await actingTogether(trx, id), (one) => pauseTask(trx, one, by, now))
}

export async function stopPair(trx: Trx, id: string, by: string, now: number) {
  return each(await actingTogether(trx, id), (one) => stopTask(trx, one, by, now))
}

/**
 * A task of the two whose rows to compare have all run stays as it is: it goes on only when it is chosen. So does the
 * other one while it is paused at a limit: it would pause again at once.
 */
export async function resumePair(trx: Trx, id: string, by: string, now: number): Promise<TaskView[]> {
  const ids = await actingTogether(trx, id)
  const stays = async (one: string) =>
    ids.length > 1 && ((await hasCompared(trx, one)) || (one !== id && (await isAtLimit(trx, one))))
  return each(ids, async (one) => ((await stays(one)) ? undefined : resumeTask(trx, one, by, now)))
}

async function isAtLimit(trx: Trx, id: string): Promise<boolean> {
  const task = await findTask(trx, id)
  return task !== undefined && (task.atLimit || task.atMonthLimit)
}

/**
 * One of the two goes on with all its rows, and the other one is stopped. What shows their progress in a chat shows the
 * one that goes on. Undefined: there is none to choose, because a row still runs or one was chosen before.
 */
export async function goOnWith(
  trx: Trx,
  id: string,
  by: string,
  now: number,
): Promise<{ resumed: TaskView; stopped: TaskView[] } | undefined> {
  const found = await findComparison(trx, id)
  if (!found || found.chosen !== null || !(await hasCompared(trx, id))) return undefined
  const other = otherOf(found, id)
  const otherTask = await findTask(trx, other)
  if (otherTask?.status === 'pending' || otherTask?.status === 'running') return undefined
  if (!(await markChosen(trx, found, id))) return undefined
  const resumed = await resumeTask(trx, id, by, now)
  if (!resumed) return undefined
  const stopped = await stopTask(trx, other, by, now)
  await moveMessage(trx, other, id)
  return { resumed, stopped: stopped ? [stopped.task] : [] }
}

/** True once all rows that are to be compared are settled: if the task was resumed, all the others would run. */
async function hasCompared(trx: Trx, id: string): Promise<boolean> {
  const rests = await trx
    .selectFrom('batch_tasks')
    .select('id')
    .where('id', '=', id)
    .where('status', 'in', ['paused', 'cancelled'])
    .where('pause_after', 'is not', null)
    .where((eb) => eb.not(eb.exists(trialIn(eb, id, ['pending', 'running', 'waiting', 'cancelled']))))
    .executeTakeFirst()
  return rests !== undefined
}

async function each<T>(ids: string[], move: (id: string) => Promise<T | undefined>): Promise<T[]> {
  const moved: T[] = []
  for (const id of ids) {
    const one = await move(id)
    if (one !== undefined) moved.push(one)
  }
  return moved
}
