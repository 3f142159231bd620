import { writeFile } from 'node:fs/promises'
import type { Rowbot, Task } from '../../client/rowbot.ts'
import type { Progress } from '../../app/progress.ts'
import type { ResultFormat } from '../../app/results.ts'
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
  await rowbot[move](id)
  screen.print(move === 'resume' ? `Resumed ${id}; it runs there.` : movedText(move, id))
  return EXIT.done
}

export async function retryThere(
  rowbot: Rowbot,
  id: string,
  rows: number[] | undefined,
  screen: Screen,
): Promise<number> {
  const again = await rowbot.retry(id, rows)
  screen.print(`${rowsText(again.rows)} again.`)
  return EXIT.done
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
