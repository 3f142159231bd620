import { ROWBOT } from '../engine/this-program.ts'
import { countOutputFiles, listOutputFiles } from '../db/rows/output-files.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { fetchTaskFiles } from '../app/tasks.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { fileLines, filesText } from './text/files.ts'
import { inEnglish } from '../engine/sentence.ts'

const LOOK_EVERY_MS = 200
const FAILED_SHOWN = 10

/** Fetches files again that could not be fetched, and waits for the end. @returns the exit code */
export async function fetchAgain(
  bot: Rowbot,
  id: string,
  { rows }: { rows?: number[] },
  screen: Screen,
): Promise<number> {
  const { files } = await fetchTaskFiles(bot, actorHere(), id, { rows })
  screen.note(`${filesText(files)} again.`)
  await fetched(bot, id)

  const counts = await countOutputFiles(bot.db, id)
  const failed = (await listOutputFiles(bot.db, id, { rows })).filter(({ status }) => status === 'failed')
  for (const { row, name, error } of failed.slice(0, FAILED_SHOWN))
    screen.print(`  row ${row} · ${name} · ${inEnglish(error ?? '')}`)
  for (const line of fileLines(id, counts)) screen.print(line)
  screen.print(`${filesText(counts.fetched)} fetched. The result with them: ${ROWBOT} result ${id}`)
  return failed.length === 0 ? EXIT.done : EXIT.someFailed
}

/** The runner fetches them, or this process, if there is none or it ends meanwhile. */
async function fetched(bot: Rowbot, taskId: string): Promise<void> {
  const forever = new AbortController().signal
  for (;;) {
    if (!(await bot.hasRunner())) await bot.outputFiles.fetch({ taskId }, forever)
    if ((await countOutputFiles(bot.db, taskId)).waiting === 0) return
    await Bun.sleep(LOOK_EVERY_MS)
  }
}
