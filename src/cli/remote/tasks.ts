import { rename, rm, writeFile } from 'node:fs/promises'
import type { Rowbot, Task } from '../../client/rowbot.ts'
import type { Progress } from '../../app/progress.ts'
import type { ResultFormat } from '../../app/results.ts'
import { ROWBOT } from '../../engine/this-program.ts'
import { UserError } from '../../engine/user-error.ts'
import { rowRangesText } from '../../workbook/row-ranges.ts'
import type { RowRange } from '../../workbook/types.ts'
import { checkTarget, resultFormat, resultPath, written } from '../files.ts'
import { endCode, EXIT, goesOn } from '../end-code.ts'
import type { Screen } from '../screen.ts'
import { rowsText } from '../text/check.ts'
import { filesText } from '../text/files.ts'
import { progressText } from '../text/progress.ts'
import { movedText, taskTable } from '../text/tasks.ts'
import { bear, connectionFault } from './bear.ts'
import { SERVER_FLAG } from './server-flag.ts'

export async function listThere(
  rowbot: Rowbot,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const { items } = await rowbot.tasks({ page_size: 200 })
  if (json) screen.print(JSON.stringify(items))
  else for (const line of taskTable(items.map(lineOf))) screen.print(line)
  return EXIT.done
}

export async function statusThere(
  rowbot: Rowbot,
  id: string,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const task = await rowbot.status(id)
  if (json) screen.print(JSON.stringify(task))
  else {
    screen.print(`${task.task_id} · ${task.status} · ${task.name}`)
    screen.print(progressText(progressThere(task)))
    if (task.error !== null) screen.print(task.error)
  }
  return EXIT.done
}

export async function moveThere(
  rowbot: Rowbot,
  move: 'pause' | 'resume' | 'stop',
  id: string,
  screen: Screen,
): Promise<number> {
  const { file_name } = await rowbot[move](id)
  if (move === 'resume') return followThere(rowbot, id, { path: resultPath(file_name, id, '.') }, screen)
  screen.print(movedText(move, id))
  return EXIT.done
}

/**
 * Follows a task to its end and writes its result here; whoever leaves does not stop it.
 * @param target `out`: written there even if the task has not ended; `path`: where it goes otherwise, only at the end
 */
export async function followThere(
  rowbot: Rowbot,
  id: string,
  { out, path, json = false }: { out?: string | undefined; path: string; json?: boolean },
  screen: Screen,
): Promise<number> {
  checkTarget(out ?? path)
  const onProgress = (now: Task) => screen.live(progressText(progressThere(now)))
  const ended = await orSaysItIsThere(id, rowbot.wait(id, { onProgress }))
  const { status, total, succeeded, failed, left_out: leftOut } = ended
  const target = out ?? (goesOn(status) ? undefined : path)
  if (target !== undefined) await orSaysItIsThere(id, saveThere(rowbot, id, target, resultFormat(target)))
  if (json) screen.print(JSON.stringify({ ...ended, result: target ?? null }))
  else {
    screen.print(`${succeeded} done, ${failed} failed · ${status}`)
    screen.print(target ?? `Its results: ${ROWBOT} ${SERVER_FLAG} … result ${id} --out FILE`)
  }
  return endCode({ status, total, succeeded, leftOut })
}

/** @throws UserError if the server stays away: who only sees the error must not think that nothing has been started */
async function orSaysItIsThere<T>(id: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (fault) {
    const broken = connectionFault(fault)
    if (broken === undefined) throw fault
    throw new UserError(
      `The server does not answer any more (${broken}). Task ${id} has been started there.`,
      `Its result, once the server is back: ${ROWBOT} ${SERVER_FLAG} … result ${id} --out FILE`,
    )
  }
}

export async function retryThere(
  rowbot: Rowbot,
  id: string,
  rows: number[] | undefined,
  screen: Screen,
): Promise<number> {
  const again = await rowbot.retry(id, rows)
  screen.note(`${rowsText(again.rows)} again.`)
  const path = resultPath(again.task.file_name, id, '.')
  return followThere(rowbot, id, { path }, screen)
}

interface AgainFlags {
  rows?: RowRange[]
  set?: Record<string, string>
  asInFile: boolean
  out?: string
}

export async function againThere(
  rowbot: Rowbot,
  id: string,
  { rows, set, asInFile, out }: AgainFlags,
  screen: Screen,
): Promise<number> {
  if (set && asInFile) throw new UserError('Give either --set input=value, or --as-in-file.')
  if ((set || asInFile) && !rows)
    throw new UserError('Name the row that is to be sent this.', 'Add --rows 12.')
  if (out !== undefined) checkTarget(out)
  const again = await rowbot.runAgain(id, rows && rowRangesText(rows), {
    ...(set && { inputs: set }),
    ...(asInFile && { inputs_as_in_file: true }),
  })
  screen.note(`${rowsText(again.rows)} again.`)
  const path = resultPath(again.task.file_name, id, '.')
  return followThere(rowbot, id, { out, path }, screen)
}

export async function fetchThere(
  rowbot: Rowbot,
  id: string,
  rows: number[] | undefined,
  screen: Screen,
): Promise<number> {
  const { files } = await rowbot.fetchFiles(id, rows)
  screen.print(`${filesText(files)} fetched again there.`)
  return EXIT.done
}

export async function resultThere(
  rowbot: Rowbot,
  id: string,
  { out, format }: { out?: string; format?: ResultFormat },
  screen: Screen,
): Promise<number> {
  const task = await rowbot.status(id)
  const path = out ?? resultPath(task.file_name, id, '.', format)
  checkTarget(path)
  await saveThere(rowbot, id, path, resultFormat(path, format))
  if (task.left > 0) screen.note(`Not finished: ${task.left} of ${rowsText(task.total)} to go.`)
  screen.print(path)
  return EXIT.done
}

export async function workflowsThere(
  rowbot: Rowbot,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const all = await rowbot.workflows()
  if (json) screen.print(JSON.stringify(all))
  else for (const { workflow_id, name, mode } of all) screen.print(`${workflow_id}  ${name}  ${mode}`)
  return EXIT.done
}

/** Whole or not at all: what was there before stays until then. @throws UserError if it cannot be written there */
export async function saveThere(
  rowbot: Rowbot,
  id: string,
  path: string,
  format: ResultFormat,
): Promise<void> {
  const bytes = await bear(
    async () => new Uint8Array(await (await rowbot.download(id, format)).arrayBuffer()),
  )
  const elsewhere = `Its rows are kept there. Write it elsewhere: ${ROWBOT} ${SERVER_FLAG} … result ${id} --out FILE`
  const part = `${path}.${process.pid}.part`
  await written(path, elsewhere, async () => {
    try {
      await writeFile(part, bytes)
      await rename(part, path)
    } catch (fault) {
      await rm(part, { force: true })
      throw fault
    }
  })
}

/** As far as the command line shows it. */
export function progressThere(task: Task): Progress {
  const { total, succeeded, failed, cancelled, left, waiting, progress, rows_per_minute, seconds_left } = task
  return {
    total,
    done: succeeded,
    failed,
    cancelled,
    left,
    waiting,
    settled: succeeded + failed,
    share: progress / 100,
    perMinute: rows_per_minute ?? undefined,
    leftMs: seconds_left === null ? undefined : seconds_left * 1000,
    minutes: [],
    slowedBy: undefined,
  }
}

function lineOf({ task_id, status, name, total, succeeded, failed, waiting, created_at }: Task) {
  const counts = { total, succeeded, failed }
  return { id: task_id, status, name, waiting, counts, createdAt: Date.parse(created_at) }
}
