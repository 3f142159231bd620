import { setTaskLimit } from '../db/tasks/task-limit.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { amountOf, type TaskLimit, limitText, sizeOf } from '../engine/limits.ts'
import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import type { Actor } from './actor.ts'
import { audited, type AuditApp } from './audit.ts'
import { findLimitUse, limitUseWords, requireWithinLimit } from './task-limit.ts'
import { findTaskFor, type TaskApp } from './tasks.ts'
import { requireRoom } from './usage.ts'

/**
 * Sets how much a task may cost, with all that it has cost so far. It does not go on by itself.
 * @param limit undefined: as much as it does
 * @throws UnknownTask, NotAllowed
 */
export async function changeTaskLimit(
  app: AuditApp,
  actor: Actor,
  id: string,
  limit: TaskLimit | undefined,
): Promise<TaskView> {
  const task = await findTaskFor(app, actor, id)
  await audited(app, actor, async (trx) => {
    await setTaskLimit(trx, id, limit)
    const details = { task: task.name, atMost: limit ? limitText(limit) : 'no limit' }
    return { act: { action: 'task.limit', target: id, details }, result: undefined }
  })
  return findTaskFor(app, actor, id)
}

/**
 * Raises the limit of a task that is paused at it, by what its first limit was, and lets it go on. Of two clicks, one
 * raises it. If even then no call fits, because those in flight cost far more than expected, it stays paused.
 * @throws UnknownTask, NotAllowed, MonthUsedUp; UserError if it is not paused at its limit, if no limit helps because no
 * call tells what it cost, and once it is raised, if it stays paused
 */
export async function raiseLimit(app: TaskApp, actor: Actor, id: string): Promise<TaskView> {
  const task = await findTaskFor(app, actor, id)
  const { limit, limitStep } = task
  const gone = new UserError(say('task-not-at-limit', { task: task.name }))
  if (!limit || !limitStep || !task.atLimit) throw gone
  await requireRoom(app, task)
  const raised = amountOf(limit, sizeOf(limit) + sizeOf(limitStep))
  const use = await findLimitUse(app.db, task, raised)
  if (use?.isUntold) await requireWithinLimit(app.db, task)
  if (use?.isUsedUp) {
    await changeTaskLimit(app, actor, id, raised)
    throw new UserError(say('limit-raised-too-little', limitUseWords(use)), say('do-raise-limit-again'))
  }
  await app.engineFor(actor).raise(id, { from: limit, to: raised }, actor.name)
  return findTaskFor(app, actor, id)
}
