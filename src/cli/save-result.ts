import { actTogether, findCompared } from '../app/comparison.ts'
import type { ResultFormat } from '../app/results.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { comparedPath, saveComparison } from './compare.ts'
import { resultFormat, resultPath } from './files.ts'
import { EXIT } from './end-code.ts'
import { resultNotes, writeResultOf } from './finish.ts'
import type { Screen } from './screen.ts'
import { rowsText } from './text/check.ts'
import { theTask } from './the-task.ts'

export async function saveResult(
  bot: Rowbot,
  id: string,
  { out, format }: { out?: string; format?: ResultFormat },
  screen: Screen,
): Promise<number> {
  const task = await theTask(bot, id)
  const compared = await findCompared(bot.db, id)
  if (compared && actTogether(compared) && format === undefined) {
    const target = out ?? comparedPath(task.fileName, '.')
    await saveComparison(bot, compared, target)
    screen.print(target)
    return EXIT.done
  }
  const path = out ?? resultPath(task.fileName, id, '.', format)
  const result = await writeResultOf(bot, task, path, resultFormat(path, format))
  for (const line of resultNotes(result)) screen.note(line)
  if (result.zip.problem !== undefined) screen.warn(result.zip.problem)
  if (task.counts.left > 0)
    screen.note(`Not finished: ${task.counts.left} of ${rowsText(task.counts.total)} to go.`)
  screen.print(path)
  if (result.zip.path !== undefined) screen.print(result.zip.path)
  return EXIT.done
}
