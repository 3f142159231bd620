import type { Rowbot } from './rowbot.ts'

/** Ends a task now. With a runner it is the runner's to tell Dify; what a dead one left in flight is ours. */
export async function stopTask(bot: Rowbot, id: string, by: string): Promise<void> {
  const { inFlight } = await bot.engine.stop(id, by)
  if (inFlight.length > 0 && !bot.hasRunner()) await bot.stopRuns(inFlight)
}
