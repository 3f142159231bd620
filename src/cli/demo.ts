import { join } from 'node:path'
import { listTasks } from '../db/tasks.ts'
import type { Rowbot } from '../rowbot.ts'
import { addSandboxWorkflows } from '../workflows.ts'
import { resultPath } from './files.ts'
import { run } from './run.ts'
import type { Screen } from './screen.ts'
import { resume } from './tasks.ts'

const SAMPLE = join(import.meta.dir, '../../samples/test_batch_data.xlsx')
const NAME = 'Demo · Product copywriter'

/** The main job with nothing set up: the sample workbook through the sandbox. Goes on with one that was interrupted. */
export async function demo(bot: Rowbot, screen: Screen): Promise<number> {
  screen.note(
    'Demo: the sample workbook through the built-in sandbox. It is not Dify, and no model is called.',
  )
  const workflows = await addSandboxWorkflows(bot)
  const workflow = workflows.find(({ name }) => name.startsWith('Product copywriter'))
  if (!workflow) throw new Error('the sandbox has no copywriter')

  const earlier = (await listTasks(bot.db)).find(({ name }) => name === NAME)
  if (earlier && earlier.counts.left > 0) {
    screen.note(`Going on with task ${earlier.id}, which was interrupted.`)
    return resume(
      bot,
      earlier.id,
      { json: false, out: resultPath(SAMPLE, earlier.id, bot.config.dataDir) },
      screen,
    )
  }
  const code = await run(
    bot,
    SAMPLE,
    { workflow, name: NAME, json: false, folder: bot.config.dataDir },
    screen,
  )
  screen.note('Next: bun rowbot --help, or set up a real Dify app as the README says.')
  return code
}
