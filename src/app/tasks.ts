import { findTask } from '../db/tasks/tasks.ts'
import { unknownTask } from '../engine/engine.ts'
import { askToStop } from '../engine/resolve.ts'
import type { Rowbot } from './rowbot.ts'

/** Ends a task now. With a runner it is the runner's to tell Dify; what a dead one left in flight is ours. */
export async function stopTask(bot: Rowbot, id: string, by: string): Promise<void> {
  const { inFlight } = await bot.engine.stop(id, by)
  if (inFlight.length === 0 || bot.hasRunner()) return
  const task = await findTask(bot.db, id)
  if (!task) throw unknownTask(id)
  const line = await bot.lines.of(task)
  await Promise.all(inFlight.map((claim) => askToStop(claim, task, line, bot)))
}
