import { ROWBOT } from '../engine/this-program.ts'
import type { Command } from 'commander'
import { findFlagged } from '../app/flags.ts'
import { editOutputs, keepRow, resetRow } from '../app/reviews.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { findReviewedRow, type ReviewedRow } from '../db/rows/reviews.ts'
import { findTask } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'
import { flagText } from '../engine/flag.ts'
import { UserError } from '../engine/user-error.ts'
import { putTo, rowNumber, rowNumbers } from './arguments.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Done, Io, Screen } from './screen.ts'
import { rowsText } from './text/check.ts'
import { lookLines } from './text/reviews.ts'

/** Longer lists are on the page. */
const ROWS_SHOWN = 100

/** look, keep, edit */
export function addReviewCommands(program: Command, { open, screen }: Io, done: Done): void {
  program
    .command('look')
    .description('show which rows of a task are to look at, why, what was sent and what they gave')
    .argument('<id>')
    .option('--json', 'print JSON', false)
    .action(async (id: string, options: { json: boolean }) =>
      done(await look(await open(), id, options, screen(options.json))),
    )
  program
    .command('keep')
    .description('say that the answers of rows are right as they are')
    .argument('<id>')
    .requiredOption('--rows <numbers>', 'rows of the sheet: 31,88', rowNumbers)
    .action(async (id: string, { rows }: { rows: number[] }) =>
      done(await keep(await open(), id, rows, screen(false))),
    )
  program
    .command('edit')
    .description('put your own values in place of a row’s outputs, beside which the machine’s stay')
    .argument('<id>')
    .requiredOption('--row <number>', 'its number in the sheet', rowNumber)
    .option('--set <output=value>', 'the value of an output; may be repeated', putTo)
    .option('--reset', 'take back what was edited and kept', false)
    .action(async (id: string, options: EditFlags) =>
      done(await edit(await open(), id, options, screen(false))),
    )
}

interface EditFlags {
  row: number
  set?: Record<string, string>
  reset: boolean
}

export async function look(
  bot: Rowbot,
  id: string,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const task = await findTask(bot.db, id)
  if (!task) throw new UnknownTask(id)
  const flagged = await findFlagged(bot.db, task)
  const rows: ReviewedRow[] = []
  for (const number of json ? flagged.rows : flagged.rows.slice(0, ROWS_SHOWN)) {
    const row = await findReviewedRow(bot.db, id, number)
    if (row) rows.push(row)
  }
  if (json) screen.print(JSON.stringify(rows.map(rowJson)))
  else for (const line of lookLines(task, flagged, rows)) screen.print(line)
  return EXIT.done
}

export async function keep(bot: Rowbot, id: string, rows: number[], screen: Screen): Promise<number> {
  for (const row of rows) await keepRow(bot, actorHere(), { taskId: id, row })
  screen.print(`Kept ${rows.length === 1 ? `row ${rows[0]}` : rowsText(rows.length)}.`)
  return EXIT.done
}

export async function edit(
  bot: Rowbot,
  id: string,
  { row, set, reset }: EditFlags,
  screen: Screen,
): Promise<number> {
  if (reset === (set !== undefined))
    throw new UserError('Give either --set output=value, or --reset.', `See: ${ROWBOT} look ${id}`)
  const seen = { taskId: id, row }
  if (set) await editOutputs(bot, actorHere(), seen, set)
  else await resetRow(bot, actorHere(), seen)
  screen.print(set ? `Edited row ${row}: ${Object.keys(set).join(', ')}.` : `Reset row ${row}.`)
  screen.print(`The result with it: ${ROWBOT} result ${id}`)
  return EXIT.done
}

function rowJson({ row, inputs, outputs, flags }: ReviewedRow) {
  const toLookAt = flags.map((flag) => ({ output: flag.output, code: flag.code, text: flagText(flag) }))
  return { row, inputs, outputs, flags: toLookAt }
}
