import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { type DoneRow, doneRows, taskStatus } from '../support/verify.ts'
import { withFolder } from '../support/folder.ts'

/** One process, from its start to its death. Times are milliseconds since 1970. */
export interface Life {
  spawnedAt: number
  endedAt: number
  ended: 'killed' | 'completed'
  /** results that were durable after its death */
  done: DoneRow[]
}

export interface LifeOptions {
  /** arguments of `rowbot` */
  program: string[]
  folder: string
  taskId: string
  /** when it is killed; if not given, when the task is completed */
  lifeMs?: number
}

const LOOK_EVERY_MS = 100
const MAIN = join(import.meta.dir, '../../src/main.ts')

/** Starts Rowbot on the folder and kills it. */
export async function live({ program, folder, taskId, lifeMs }: LifeOptions): Promise<Life> {
  const spawnedAt = Date.now()
  const child = Bun.spawn([process.execPath, MAIN, ...program], {
    // One second: else the last rows of a task would wait for Dify's queue, and that is not what is measured.
    env: { ...process.env, ROWBOT_DATA_DIR: folder, DIFY_API_KEYS: '', DIFY_QUEUE_MINUTES: '0.02' },
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const moment = lifeMs === undefined ? completed(join(folder, 'rowbot.db'), taskId) : Bun.sleep(lifeMs)
  await Promise.race([moment, child.exited])
  const died = child.exitCode !== null && child.exitCode !== 0
  if (died) throw new Error(`The process ended by itself: ${await new Response(child.stderr).text()}`)
  child.kill('SIGKILL')
  await child.exited
  const endedAt = Date.now()
  return withFolder(async (copy) => {
    // A copy, because opening the database itself would recover it, which the next process must do.
    const file = copyOf(folder, copy)
    const ended = taskStatus(file, taskId) === 'completed' ? 'completed' : 'killed'
    return { spawnedAt, endedAt, ended, done: doneRows(file, taskId) }
  })
}

async function completed(file: string, taskId: string): Promise<void> {
  while (taskStatus(file, taskId) !== 'completed') await Bun.sleep(LOOK_EVERY_MS)
}

function copyOf(folder: string, copy: string): string {
  for (const name of ['rowbot.db', 'rowbot.db-wal']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
  }
  return join(copy, 'rowbot.db')
}
