import { listLogs } from '../db/logs.ts'
import { listFailures, sumUsage } from '../db/task-facts.ts'
import { findTask, listTasks as findTasks, type TaskView } from '../db/tasks.ts'
import { unknownTask } from '../engine/engine.ts'
import type { Rowbot } from '../rowbot.ts'
import { stopTask } from '../stop-task.ts'
import { rowsText } from './check-text.ts'
import { checkTarget, resultPath } from './files.ts'
import { EXIT, finish, taskJson, writeResultOf } from './finish.ts'
import { personHere } from './person.ts'
import { progressText } from './progress.ts'
import type { Screen } from './screen.ts'
import { summaryLines } from './summary.ts'
import { logLines, taskTable } from './tasks-text.ts'

const TASKS_LISTED = 100
const LOG_LINES = 12

export async function listTasks(bot: Rowbot, { json }: { json: boolean }, screen: Screen): Promise<number> {
  const all = await findTasks(bot.db, { limit: TASKS_LISTED })
  if (json) screen.print(JSON.stringify(all.map((task) => ({ ...taskJson(task, null), name: task.name }))))
  else for (const line of taskTable(all)) screen.print(line)
  return EXIT.done
}

export async function status(
  bot: Rowbot,
  id: string,
  { json }: { json: boolean },
  screen: Screen,
): Promise<number> {
  const task = await find(bot, id)
  if (json) {
    screen.print(JSON.stringify({ ...taskJson(task, null), name: task.name, error: task.error }))
    return EXIT.done
  }
  screen.print(`${task.id} · ${task.name} · ${task.fileName} · ${task.sheet} · started by ${task.owner}`)
  screen.print(progressText(task, []))
  for (const line of summaryLines(task, await listFailures(bot.db, id), await sumUsage(bot.db, id)))
    screen.print(line)
  for (const line of logLines(await listLogs(bot.db, { taskId: id, limit: LOG_LINES }))) screen.print(line)
  if (task.status === 'running' && !bot.hasRunner())
    screen.print(`Nobody runs it now. Go on: bun rowbot resume ${id}`)
  return EXIT.done
}

export async function stop(bot: Rowbot, id: string, screen: Screen): Promise<number> {
  await stopTask(bot, id, personHere())
  screen.print(`Stopped ${id}. Results so far: bun rowbot result ${id}`)
  return EXIT.done
}

export async function pause(bot: Rowbot, id: string, screen: Screen): Promise<number> {
  await bot.engine.pause(id, personHere())
  screen.print(`Paused ${id}; rows in flight finish. Go on: bun rowbot resume ${id}`)
  return EXIT.done
}

export async function deleteTask(bot: Rowbot, id: string, screen: Screen): Promise<number> {
  const task = await find(bot, id)
  await bot.engine.delete(id)
  screen.print(
    `Deleted ${id} with ${rowsText(task.counts.total)}, ${task.counts.succeeded} results among them.`,
  )
  return EXIT.done
}

interface ResumeFlags {
  json: boolean
  out?: string
  rows?: number[]
}

export async function resume(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const task = await find(bot, id)
  checkTarget(flags.out ?? resultPath(task.fileName, id, '.'))
  // One that waits, or that a dead process left running, only needs somebody to run it.
  if (task.status !== 'pending' && task.status !== 'running') await bot.engine.resume(id, personHere())
  return goOn(bot, id, flags, screen)
}

export async function retry(bot: Rowbot, id: string, flags: ResumeFlags, screen: Screen): Promise<number> {
  const task = await find(bot, id)
  checkTarget(flags.out ?? resultPath(task.fileName, id, '.'))
  const { rows } = await bot.engine.retry(id, personHere(), flags.rows)
  screen.note(`${rowsText(rows)} again.`)
  return goOn(bot, id, flags, screen)
}

export async function saveResult(
  bot: Rowbot,
  id: string,
  { out }: { out?: string },
  screen: Screen,
): Promise<number> {
  const task = await find(bot, id)
  const path = out ?? resultPath(task.fileName, id, '.')
  await writeResultOf(bot, task, path)
  if (task.counts.left > 0)
    screen.note(`Not finished: ${task.counts.left} of ${rowsText(task.counts.total)} to go.`)
  screen.print(path)
  return EXIT.done
}

function goOn(bot: Rowbot, id: string, { json, out }: ResumeFlags, screen: Screen): Promise<number> {
  return finish(bot, id, screen, {
    json,
    ...(out !== undefined && { out }),
    path: ({ fileName }) => resultPath(fileName, id, '.'),
  })
}

async function find(bot: Rowbot, id: string): Promise<TaskView> {
  const task = await findTask(bot.db, id)
  if (!task) throw unknownTask(id)
  return task
}
