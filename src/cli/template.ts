import { writeFile } from 'node:fs/promises'
import type { Rowbot } from '../app/rowbot.ts'
import { writeTemplate } from '../workbook/workbook.ts'
import { terminalAsk } from './ask-workflow.ts'
import { checkTarget, written } from './files.ts'
import { EXIT } from './end-code.ts'
import { addConfigured, named } from './pick-workflow.ts'
import type { Screen } from './screen.ts'

/** Writes a template for a workflow. */
export async function saveTemplate(
  bot: Rowbot,
  { workflow: wanted, out }: { workflow: string; out?: string },
  screen: Screen,
): Promise<number> {
  await addConfigured(bot, screen)
  const workflow = await named(bot, wanted, { screen, ask: terminalAsk({ json: false }) })
  const path = out ?? `${fileName(workflow.name)}.template.xlsx`
  checkTarget(path)
  const bytes = await writeTemplate(workflow)
  await written(path, 'Name another place: --out FILE', () => writeFile(path, bytes))
  screen.print(path)
  return EXIT.done
}

/** A workflow’s name as a file name that is valid on any system. */
function fileName(name: string): string {
  const safe = name
    .replaceAll(/[\p{Cc}<>:"/\\|?*]+/gu, ' ')
    .trim()
    .replaceAll(/^\.+|\.+$/g, '')
  return safe === '' ? 'workflow' : safe
}
