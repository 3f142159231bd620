import { createHash } from 'node:crypto'
import type { Rowbot, Task, Upload } from '../../client/rowbot.ts'
import { durationText } from '../../engine/duration.ts'
import { ROWBOT } from '../../engine/this-program.ts'
import { UserError } from '../../engine/user-error.ts'
import { checkTarget, resultPath } from '../files.ts'
import { EXIT } from '../end-code.ts'
import type { Screen } from '../screen.ts'
import { rowsText } from '../text/check.ts'
import { bear, connectionFault } from './bear.ts'
import { SERVER_FLAG } from './server-flag.ts'
import { namedAfter, sendSource, type SourceFlags } from './source.ts'
import { followThere } from './tasks.ts'

interface RemoteCheckFlags extends SourceFlags {
  json: boolean
}

interface RemoteRunFlags extends RemoteCheckFlags {
  name?: string
  concurrency?: number
  retries?: number
  timeout?: number
  onlyNew?: boolean
  each?: boolean
  /** as it was typed */
  atMost?: string
  out?: string
}

export async function checkThere(
  rowbot: Rowbot,
  file: string | undefined,
  flags: RemoteCheckFlags,
  screen: Screen,
): Promise<number> {
  namedAfter(file, flags.files) // refuses nothing at all
  const upload = await sendSource(rowbot, file, flags)
  if (flags.json) screen.print(JSON.stringify(upload))
  else {
    screen.print(uploadText(upload))
    for (const line of faultLines(upload)) screen.print(line)
  }
  return upload.good === 0 ? EXIT.couldNotRun : upload.bad > 0 ? EXIT.someFailed : EXIT.done
}

export async function runThere(
  rowbot: Rowbot,
  file: string | undefined,
  { json, name, concurrency, retries, timeout, onlyNew, each, atMost, out, ...source }: RemoteRunFlags,
  screen: Screen,
): Promise<number> {
  const path = namedAfter(file, source.files)
  checkTarget(out ?? resultPath(path, ''), file)
  const upload = await sendSource(rowbot, file, source)
  screen.note(uploadText(upload))
  for (const line of faultLines(upload)) screen.note(line)
  const order = {
    upload_id: upload.upload_id,
    ...(name !== undefined && { name }),
    ...(concurrency !== undefined && { concurrency }),
    ...(retries !== undefined && { retries }),
    ...(timeout !== undefined && { timeout_seconds: timeout }),
    ...(onlyNew && { only_new: true }),
    ...(each && { each: true }),
    ...(atMost !== undefined && { limit: atMost }),
  }
  const task = await started(rowbot, order)
  const limit = durationText(task.timeout_seconds * 1000)
  screen.note(`Task ${task.task_id}: ${task.concurrency} at once, ${task.retries} retries, ${limit} a row`)
  return followThere(rowbot, task.task_id, { out, path: resultPath(path, task.task_id), json }, screen)
}

/** @throws UserError if the server stays away: whether it has started the task is not known then */
async function started(rowbot: Rowbot, order: Parameters<Rowbot['execute']>[0]): Promise<Task> {
  const key = `cli-${createHash('sha256').update(JSON.stringify(order)).digest('hex')}`
  try {
    return await bear(() => rowbot.execute(order, { key })) // the key makes it the same task
  } catch (fault) {
    const broken = connectionFault(fault)
    if (broken === undefined) throw fault
    throw new UserError(
      `The server does not answer (${broken}), so it is not known whether the task has been started.`,
      `Look before you run it again: ${ROWBOT} ${SERVER_FLAG} … tasks`,
    )
  }
}

function uploadText({ file_name, sheet, rows, good, bad }: Upload): string {
  const able = bad === 0 ? 'all can run' : `${good} can run, ${bad} cannot and are left out`
  return `${file_name} · ${sheet} · ${rowsText(rows)}: ${able}`
}

function faultLines({ faults }: Upload): string[] {
  return faults.map(({ cells, message, hint }) => {
    const where = cells.length > 0 ? `${cells.join(', ')}: ` : ''
    return `  ${where}${message}${hint === null ? '' : ` ${hint}`}`
  })
}
