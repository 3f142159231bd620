import { endLink, linksOf } from '../app/result-links.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { findTask } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Screen } from './screen.ts'

/** Lists the links to a task’s result, or ends them. Their addresses are only in the messages that brought them. */
export async function links(
  bot: Rowbot,
  id: string,
  { end }: { end: boolean },
  screen: Screen,
): Promise<number> {
  if (!(await findTask(bot.db, id))) throw new UnknownTask(id)
  const found = await linksOf(bot, id)
  if (found.length === 0) screen.note(`There is no link to the result of ${id}.`)
  for (const link of found) {
    const until = new Date(link.endsAt).toLocaleString('sv', { dateStyle: 'short', timeStyle: 'short' })
    if (end) await endLink(bot, actorHere(), id, link.id)
    screen.print(end ? `Ended: for ${link.personName}` : `for ${link.personName}, until ${until}`)
  }
  return EXIT.done
}
