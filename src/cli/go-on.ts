import { actTogether, findCompared } from '../app/comparison.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { rowsNamed } from '../app/rows-named.ts'
import { resumeTask, retryTask, runAgain } from '../app/tasks.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import { ROWBOT } from '../engine/this-program.ts'
import { UserError } from '../engine/user-error.ts'
import type { RowRange } from '../workbook/types.ts'
import { comparedPath, finishComparison } from './compare.ts'
import { checkTarget, resultPath } from './files.ts'
import { finish } from './finish.ts'
import { inputOf } from './mapping.ts'
import { actorHere } from './pick-workflow.ts'
import { placeOf } from './result-place.ts'
import type { Screen } from './screen.ts'
import { rowsText } from './text/check.ts'
import { theTask } from './the-task.ts'

export interface ResumeFlags {
  json: boolean
  out?: string
  rows?: RowRange[]
  set?: Record<string, string>
  asInFile?: boolean
}

export async function resume(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const task = await theTask(bot, id)
  await checkPlace(bot, task, flags)
  // A task that waits, or that a dead process left running, only needs a runner.
  if (task.status !== 'pending' && task.status !== 'running') await resumeTask(bot, actorHere(), id)
  return goOn(bot, id, flags, screen)
}

export async function retry(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const task = await theTask(bot, id)
  await checkPlace(bot, task, flags)
  const { rows } = await retryTask(bot, actorHere(), id, { rows: await rowsIn(bot, id, flags) })
  screen.note(`${rowsText(rows)} again.`)
  return goOn(bot, id, flags, screen)
}

export async function again(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const task = await theTask(bot, id)
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
  const target = await targetOf(bot, await theTask(bot, id), flags)
  return finish(bot, id, screen, { json, ...(out !== undefined && { out }), path: () => target })
}
