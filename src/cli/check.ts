import type { Rowbot } from '../rowbot.ts'
import type { ValueCell } from '../workbook/types.ts'
import { checkUpload, readValues } from '../workbook/workbook.ts'
import { findByName } from '../workflows.ts'
import { checkLines, faultLine } from './check-text.ts'
import { readUpload } from './files.ts'
import { EXIT } from './finish.ts'
import { addConfigured } from './pick-workflow.ts'
import type { CheckFlags } from './program.ts'
import type { Screen } from './screen.ts'

/** Says what is in a file and every fault. Exit code 2 when a row could not run. */
export async function checkFile(
  bot: Rowbot,
  path: string,
  flags: CheckFlags,
  screen: Screen,
): Promise<number> {
  const upload = await readUpload(path, bot.config.limits)
  const where = {
    ...(flags.sheet !== undefined && { sheet: flags.sheet }),
    ...(flags.headingRow !== undefined && { headingRow: flags.headingRow }),
  }
  if (flags.rows && flags.workflow === undefined) {
    const { rows, ...head } = await readValues(upload, where, bot.config.limits)
    if (flags.json) {
      const all = []
      for await (const chunk of rows) all.push(...chunk)
      const { sheets, sheet, headingRow, headings, faults } = head
      screen.print(JSON.stringify({ sheets, sheet, headingRow, headings, rows: all, faults }))
    } else {
      screen.print(['row', ...head.headings].join('\t'))
      for await (const chunk of rows) {
        for (const { row, cells } of chunk) screen.print([row, ...cells.map(cellText)].join('\t'))
      }
      for (const fault of head.faults) screen.note(faultLine(fault))
    }
    return EXIT.done
  }

  await addConfigured(bot, screen)
  const workflow = flags.workflow === undefined ? undefined : await findByName(bot, flags.workflow)
  const check = await checkUpload(
    upload,
    { ...where, ...(workflow && { variables: workflow.variables }) },
    bot.config.limits,
  )
  if (flags.json) {
    screen.print(JSON.stringify(check))
  } else {
    for (const line of checkLines(upload.name, check, workflow !== undefined)) screen.print(line)
    if (workflow) screen.print(`${check.good} of ${check.rows} rows can run.`)
  }
  return check.good === check.rows ? EXIT.done : EXIT.someFailed
}

function cellText(cell: ValueCell): string {
  if (cell === null) return ''
  if (typeof cell === 'object') return 'error' in cell ? cell.error : '(not calculated)'
  return String(cell).replaceAll(/\s+/g, ' ')
}
