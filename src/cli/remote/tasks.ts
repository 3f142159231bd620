import { writeFile } from 'node:fs/promises'
import type { Rowbot, Task } from '../../client/rowbot.ts'
import type { Progress } from '../../app/progress.ts'
import type { ResultFormat } from '../../app/results.ts'
import { UserError } from '../../engine/user-error.ts'
import { rowRangesText } from '../../workbook/row-ranges.ts'
import type { RowRange } from '../../workbook/types.ts'
import { checkTarget, resultFormat, resultPath } from '../files.ts'
import { EXIT } from '../finish.ts'
import type { Screen } from '../screen.ts'
import { rowsText } from '../text/check.ts'
import { filesText } from '../text/files.ts'
import { progressText } from '../text/progress.ts'
import { movedText, taskTable } from '../text/tasks.ts'

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
  if (move === 'resume')
    return followThere(rowbot, id, { path: resultPath(file_name, id, '.'), json: false }, screen)
  screen.print(movedText(move, id))
  return EXIT.done
}

/** Follows a task to its end and writes its result here; whoever leaves does not stop it. */
export async function followThere(
  rowbot: Rowbot,
  id: string,
  { path, json }: { path: string; json: boolean },
  screen: Screen,
): Promise<number> {
  checkTarget(path)
  const ended = await rowbot.wait(id, {
    onProgress: (now) => screen.live(progressText(progressThere(now))),
  })
  await saveThere(rowbot, id, path, resultFormat(path))
  if (json) screen.print(JSON.stringify({ ...ended, result: path }))
  else {
    screen.print(`${ended.succeeded} done, ${ended.failed} failed · ${ended.status}`)
    screen.print(path)
  }
  if (ended.status !== 'completed') return EXIT.couldNotRun
  return ended.failed > 0 || ended.left_out > 0 ? EXIT.someFailed : EXIT.done
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
  return followThere(rowbot, id, { path, json: false }, screen)
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
  const path = out ?? resultPath(again.task.file_name, id, '.')
  return followThere(rowbot, id, { path, json: false }, screen)
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

export async function saveThere(
  rowbot: Rowbot,
  id: string,
  path: string,
  format: ResultFormat,
): Promise<void> {
  const result = await rowbot.download(id, format)
  await writeFile(path, new Uint8Array(await result.arrayBuffer()))
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
