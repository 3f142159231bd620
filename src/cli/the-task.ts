import type { Rowbot } from '../app/rowbot.ts'
import { findTask, type TaskView } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'

/** @throws UnknownTask */
export async function theTask(bot: Rowbot, id: string): Promise<TaskView> {
  const task = await findTask(bot.db, id)
  if (!task) throw new UnknownTask(id)
  return task
}
