import { ROWBOT } from '../engine/this-program.ts'
import { changeTaskLimit } from '../app/change-limit.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { findLimitUse, limitUseText } from '../app/task-limit.ts'
import { findTaskFor } from '../app/tasks.ts'
import { limitText, parseLimit } from '../engine/limits.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Screen } from './screen.ts'

/** Shows how much of its limit a task has spent, or sets the limit first. */
export async function showLimit(
  bot: Rowbot,
  { id, limit }: { id: string; limit: string | undefined },
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const task = await (limit === undefined
    ? findTaskFor(bot, actorHere(), id)
    : changeTaskLimit(bot, actorHere(), id, limit === 'none' ? undefined : parseLimit(limit)))
  const use = await findLimitUse(bot.db, task)
  if (json) {
    const reported = use && { limit: limitText(use.limit), spent: limitText(use.spent) }
    screen.print(JSON.stringify({ id, ...(reported ?? { limit: null }), atLimit: task.atLimit }))
    return EXIT.done
  }
  screen.print(use ? `${limitUseText(use)}.` : `Task ${id} has no limit.`)
  if (task.status === 'paused') screen.print(`Continue: ${ROWBOT} resume ${id}`)
  return EXIT.done
}
