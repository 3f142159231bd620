import { ROWBOT } from '../engine/this-program.ts'
import { type Command, Option } from 'commander'
import { putTo, rowNumber, rowNumbers, rowRanges, setTo } from './arguments.ts'
import type { Done, Io, Screen } from './screen.ts'
import { countFailedFiles, countOutputFiles } from '../db/rows/output-files.ts'
import { listNotifications } from '../db/tasks/notifications.ts'
import { listLogs } from '../db/tasks/logs.ts'
import { listFailures, sumUsage } from '../db/stats/task-facts.ts'
import { listWork } from '../db/stats/work.ts'
import { listWorkedMs } from '../db/stats/worked.ts'
import { findTask, listTasks as findTasks, type TaskView } from '../db/tasks/tasks.ts'
import { UnknownTask } from '../engine/engine.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { deleteTask as remove, pauseTask, resumeTask, retryTask, runAgain, stopTask } from '../app/tasks.ts'
import { findFlagged } from '../app/flags.ts'
import { findLimitUse } from '../app/task-limit.ts'
import { findProgress } from '../app/progress.ts'
import { actTogether, findCompared } from '../app/comparison.ts'
import { findTrial } from '../app/trial.ts'
import { MAX_SAMPLE } from '../engine/trial.ts'
import { rowsNamed } from '../app/rows-named.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import type { RowRange } from '../workbook/types.ts'
import { trialLines } from './text/trial.ts'
import { RESULT_FORMATS, type ResultFormat } from '../app/results.ts'
import { sweepFiles } from '../serve/cleanup.ts'
import { rowsText } from './text/check.ts'
import { checkTarget, resultFormat, resultPath } from './files.ts'
import { fetchAgain } from './fetch.ts'
import { links } from './links.ts'
import { comparedPath, comparisonText, finishComparison, saveComparison } from './compare.ts'
import { EXIT, finish, resultNotes, taskJson, timed, writeResultOf } from './finish.ts'
import { actorHere } from './pick-workflow.ts'
import { fileLines } from './text/files.ts'
import { progressText } from './text/progress.ts'
import { summaryLines } from './text/summary.ts'
import { type GivenConstants, inputOf } from './mapping.ts'
import { showLimit } from './limit.ts'
import { answerRow, showWaiting } from './waiting.ts'
import { logLines, movedText, taskTable } from './text/tasks.ts'
import { notificationLines } from './text/notifications.ts'
import { waitingNote } from './text/waiting.ts'
import { placeOf } from './result-place.ts'

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

const TASKS_LISTED = 100
const LOG_LINES = 12

export async function listTasks(bot: Rowbot, { json }: { json: boolean }, screen: Screen): Promise<number> {
  const all = await findTasks(bot.db, { limit: TASKS_LISTED })
  if (json) {
    const worked = await listWorkedMs(bot.db, all, bot.clock.now())
    const timedOf = (task: TaskView) => ({ ...task, workedMs: worked.get(task.id) ?? 0 })
    screen.print(JSON.stringify(all.map((task) => ({ ...taskJson(timedOf(task), null), name: task.name }))))
  } else {
    const failedFiles = await countFailedFiles(
      bot.db,
      all.map(({ id }) => id),
    )
    for (const line of taskTable(all, failedFiles)) screen.print(line)
  }
  return EXIT.done
}

export async function status(
  bot: Rowbot,
  id: string,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const task = await timed(bot, await find(bot, id))
  if (json) {
    screen.print(JSON.stringify({ ...taskJson(task, null), name: task.name, error: task.error }))
    return EXIT.done
  }
  screen.print(`${task.id} · ${task.name} · ${task.fileName} · ${task.sheet} · started by ${task.owner}`)
  const now = bot.clock.now()
  const progress = await findProgress(task, {
    now,
    work: (taskIds) => listWork(bot.db, taskIds, now),
    slowdown: (workflowId) => bot.runtimes.slowdown(workflowId),
  })
  screen.print(progressText(progress))
  const failures = await listFailures(bot.db, id)
  const spent = await sumUsage(bot.db, id)
  const flagged = await findFlagged(bot.db, task)
  const use = await findLimitUse(bot.db, task)
  const compared = await findCompared(bot.db, id)
  for (const line of compared ? comparisonText(compared) : []) screen.print(line)
  const trial = compared && actTogether(compared) ? undefined : await findTrial(bot.db, task, MAX_SAMPLE)
  for (const line of trial ? trialLines(trial) : []) screen.print(line)
  for (const line of summaryLines({ task, failures, spent, flagged, use })) screen.print(line)
  for (const line of fileLines(id, await countOutputFiles(bot.db, id))) screen.print(line)
  if (task.waiting > 0) screen.print(waitingNote(task))
  for (const line of notificationLines(await listNotifications(bot.db, id))) screen.print(line)
  for (const line of logLines(await listLogs(bot.db, { taskId: id, limit: LOG_LINES }))) screen.print(line)
  if (task.status === 'running' && !(await bot.hasRunner()))
    screen.print(`It is not running now. Continue: ${ROWBOT} resume ${id}`)
  return EXIT.done
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

interface ResumeFlags {
  json: boolean
  out?: string
  rows?: RowRange[]
  set?: Record<string, string>
  asInFile?: boolean
}

export async function resume(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const task = await find(bot, id)
  await checkPlace(bot, task, flags)
  // A task that waits, or that a dead process left running, only needs a runner.
  if (task.status !== 'pending' && task.status !== 'running') await resumeTask(bot, actorHere(), id)
  return goOn(bot, id, flags, screen)
}

export async function retry(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const task = await find(bot, id)
  await checkPlace(bot, task, flags)
  const { rows } = await retryTask(bot, actorHere(), id, { rows: await rowsIn(bot, id, flags) })
  screen.note(`${rowsText(rows)} again.`)
  return goOn(bot, id, flags, screen)
}

export async function again(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const task = await find(bot, id)
  await checkPlace(bot, task, flags)
  const { set, asInFile = false } = flags
  if (set && asInFile) throw new UserError('Give either --set input=value, or --as-in-file.')
  const inputs = asInFile ? 'as-in-file' : set && (await inputsIn(bot, task, set))
  if (inputs && !flags.rows) throw new UserError('Name the row that is to be sent this.', 'Add --rows 12.')
  const { rows } = await runAgain(bot, actorHere(), id, await rowsIn(bot, id, flags), { inputs })
  screen.note(`${rowsText(rows)} again.`)
  return goOn(bot, id, flags, screen)
}

async function rowsIn({ db }: Rowbot, id: string, { rows }: ResumeFlags): Promise<number[] | undefined> {
  return rows && rowsNamed(db, id, rows)
}

/** By their names, whatever they are called here. */
async function inputsIn(
  { db }: Rowbot,
  { workflowId }: TaskView,
  set: Record<string, string>,
): Promise<Record<string, string>> {
  const workflow = await findWorkflow(db, workflowId)
  return Object.fromEntries(
    Object.entries(set).map(([wanted, text]) => [workflow ? inputOf(workflow, wanted) : wanted, text]),
  )
}

export async function saveResult(
  bot: Rowbot,
  id: string,
  { out, format }: { out?: string; format?: ResultFormat },
  screen: Screen,
): Promise<number> {
  const task = await find(bot, id)
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

/** Where the result goes at the end. Undefined: nobody has said, and it can be asked for then. */
async function targetOf(
  bot: Rowbot,
  { id, fileName }: TaskView,
  { out }: ResumeFlags,
): Promise<string | undefined> {
  if (out !== undefined) return out
  const place = await placeOf(bot, id)
  if (!place) return undefined
  return 'file' in place ? place.file : resultPath(fileName, id, place.folder)
}

/** Before anything is paid for. */
async function checkPlace(bot: Rowbot, task: TaskView, flags: ResumeFlags): Promise<void> {
  const target = await targetOf(bot, task, flags)
  if (target !== undefined) checkTarget(target)
}

async function goOn(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const { json, out } = flags
  const compared = await findCompared(bot.db, id)
  if (compared && actTogether(compared)) {
    const { a, b } = compared
    const place = out === undefined ? await placeOf(bot, id) : { file: out }
    if (!place)
      throw new UserError(
        'These two tasks were not started on a command line, so their results have no place yet.',
        `Name one: ${ROWBOT} resume ${id} --out FILE`,
      )
    const path = 'file' in place ? place.file : comparedPath(a.task.fileName, place.folder)
    return finishComparison(bot, { a: a.task, b: b.task }, screen, {
      json,
      path,
      ...(out !== undefined && { out }),
    })
  }
  const target = await targetOf(bot, await find(bot, id), flags)
  return finish(bot, id, screen, { json, ...(out !== undefined && { out }), path: () => target })
}

async function find(bot: Rowbot, id: string): Promise<TaskView> {
  const task = await findTask(bot.db, id)
  if (!task) throw new UnknownTask(id)
  return task
}
