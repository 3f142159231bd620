import { setTaskLimit } from '../db/tasks/task-limit.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { type TaskLimit, limitText } from '../engine/limits.ts'
import type { Actor } from './actor.ts'
import { audited, type AuditApp } from './audit.ts'
import { findTaskFor } from './tasks.ts'

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
