import { type Command, Option } from 'commander'
import { putTo, rowNumber, rowNumbers, rowRanges, setTo } from './arguments.ts'
import type { Done, Io, Screen } from './screen.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { deleteTask as remove, pauseTask, stopTask } from '../app/tasks.ts'
import { RESULT_FORMATS, type ResultFormat } from '../app/results.ts'
import { sweepFiles } from '../serve/cleanup.ts'
import { rowsText } from './text/check.ts'
import { fetchAgain } from './fetch.ts'
import { links } from './links.ts'
import { EXIT } from './end-code.ts'
import { again, type ResumeFlags, resume, retry } from './go-on.ts'
import { saveResult } from './save-result.ts'
import { listTasks, status } from './status.ts'
import { actorHere } from './pick-workflow.ts'
import type { GivenConstants } from './mapping.ts'
import { showLimit } from './limit.ts'
import { answerRow, showWaiting } from './waiting.ts'
import { movedText } from './text/tasks.ts'

/** tasks, status, stop, pause, delete, resume, retry, limit, fetch, waiting, answer, result, links */
export function addTaskCommands(program: Command, { open, screen }: Io, done: Done): void {
  const json = (command: Command) => command.option('--json', 'print JSON', false)

  json(program.command('tasks').description('list the tasks, newest first')).action(
    async (options: { json: boolean }) => done(await listTasks(await open(), options, screen(options.json))),
  )
  json(program.command('status').description('show how far a task is').argument('<id>')).action(
    async (id: string, options: { json: boolean }) =>
      done(await status(await open(), id, options, screen(options.json))),
  )
  for (const [name, description, action] of [
    ['stop', 'end a task now: what is in flight is stopped at Dify, results are kept', stop],
    ['pause', 'start no further rows; those in flight finish', pause],
    ['delete', 'delete a task with its rows, results and log', deleteTask],
  ] as const) {
    program
      .command(name)
      .description(description)
      .argument('<id>')
      .action(async (id: string) => done(await action(await open(), id, screen(false))))
  }
  for (const [name, description, action] of [
    ['resume', 'continue a paused, stopped or interrupted task in this process, to its end', resume],
    ['retry', 'run the failed rows again in this process, to their end', retry],
    ['again', 'run rows again: those to look at, or those you name, whatever came of them', again],
  ] as const) {
    const command = json(program.command(name).description(description).argument('<id>')).option(
      '-o, --out <path>',
      'where the result goes; default: where it was to go when the task was started',
    )
    if (name !== 'resume')
      command.option('--rows <numbers>', 'only these rows of the sheet: 3-40,88', rowRanges)
    if (name === 'again')
      command
        .option('--set <input=value>', 'send this from now on, with one row; may be repeated', putTo)
        .option('--as-in-file', 'send what the file has again, with one row', false)
    command.action(async (id: string, options: ResumeFlags) =>
      done(await action(await open(), id, options, screen(options.json))),
    )
  }
  json(
    program
      .command('limit')
      .description('show how much of its limit a task has spent, or set the limit; `resume` goes on')
      .argument('<id>')
      .argument('[limit]', 'for all that it may cost: "10 USD", "200k tokens", none'),
  ).action(async (id: string, limit: string | undefined, options: { json: boolean }) =>
    done(await showLimit(await open(), { id, limit }, options, screen(options.json))),
  )
  program
    .command('fetch')
    .description('fetch files of outputs again that could not be fetched; the workflow is not called')
    .argument('<id>')
    .option('--rows <numbers>', 'only of these rows of the sheet: 31,88', rowNumbers)
    .action(async (id: string, options: { rows?: number[] }) =>
      done(await fetchAgain(await open(), id, options, screen(false))),
    )
  json(
    program
      .command('waiting')
      .description('show which rows of a task wait for a person, what they ask, and how to answer')
      .argument('<id>'),
  ).action(async (id: string, options: { json: boolean }) =>
    done(await showWaiting(await open(), id, options, screen(options.json))),
  )
  program
    .command('answer')
    .description('answer for a row that waits for a person')
    .argument('<id>')
    .argument('<row>', 'its number in the sheet', rowNumber)
    .argument('<action>', 'which button: its id or its title')
    .option('--set <field=value>', 'fill in a field; may be repeated', setTo)
    .option('--all', 'the same answer for every row that asks the same', false)
    .action(
      async (id: string, row: number, action: string, options: { set?: GivenConstants; all: boolean }) =>
        done(await answerRow(await open(), id, { row, action }, options, screen(false))),
    )
  program
    .command('result')
    .description('write the result as it stands now, finished or not')
    .argument('<id>')
    .option('-o, --out <path>', 'where it goes; .csv for CSV')
    .addOption(
      new Option(
        '--format <format>',
        'own: your own workbook with columns added; plain: a new one; default: by the name, otherwise own',
      ).choices(RESULT_FORMATS),
    )
    .action(async (id: string, options: { out?: string; format?: ResultFormat }) =>
      done(await saveResult(await open(), id, options, screen(false))),
    )
  program
    .command('links')
    .description('list the links to a result that were sent to people in chats, or end them')
    .argument('<id>')
    .option('--end', 'end all of them now', false)
    .action(async (id: string, options: { end: boolean }) =>
      done(await links(await open(), id, options, screen(false))),
    )
}

export async function stop(bot: Rowbot, id: string, screen: Screen): Promise<number> {
  await stopTask(bot, actorHere(), id)
  screen.print(movedText('stop', id))
  return EXIT.done
}

export async function pause(bot: Rowbot, id: string, screen: Screen): Promise<number> {
  await pauseTask(bot, actorHere(), id)
  screen.print(movedText('pause', id))
  return EXIT.done
}

export async function deleteTask(bot: Rowbot, id: string, screen: Screen): Promise<number> {
  const task = await remove(bot, actorHere(), id)
  await sweepFiles(bot)
  screen.print(
    `Deleted ${id} with ${rowsText(task.counts.total)}, ${task.counts.succeeded} results among them.`,
  )
  return EXIT.done
}
