import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { UserError } from '../../engine/user-error.ts'
import type { Rowbot, Task, Upload } from '../../client/rowbot.ts'
import { durationText } from '../../engine/duration.ts'
import { checkTarget, resultFormat, resultPath } from '../files.ts'
import { EXIT } from '../finish.ts'
import type { Screen } from '../screen.ts'
import { rowsText } from '../text/check.ts'
import { progressText } from '../text/progress.ts'
import { progressThere, saveThere } from './tasks.ts'

interface RemoteCheckFlags {
  workflow?: string
  json: boolean
}

interface RemoteRunFlags extends RemoteCheckFlags {
  name?: string
  concurrency?: number
  retries?: number
  timeout?: number
  set?: Record<string, string>
  out?: string
}

export async function checkThere(
  rowbot: Rowbot,
  file: string,
  { workflow, json }: RemoteCheckFlags,
  screen: Screen,
): Promise<number> {
  const upload = await sent(rowbot, file, { workflow })
  if (json) screen.print(JSON.stringify(upload))
  else {
    screen.print(uploadText(upload))
    for (const line of faultLines(upload)) screen.print(line)
  }
  return upload.good === 0 ? EXIT.couldNotRun : upload.bad > 0 ? EXIT.someFailed : EXIT.done
}

export async function runThere(
  rowbot: Rowbot,
  file: string,
  { workflow, json, set, name, concurrency, retries, timeout, out }: RemoteRunFlags,
  screen: Screen,
): Promise<number> {
  checkTarget(out ?? resultPath(file, ''), file)
  const upload = await sent(rowbot, file, { workflow, set })
  screen.note(uploadText(upload))
  for (const line of faultLines(upload)) screen.note(line)
  const order = {
    upload_id: upload.upload_id,
    ...(name !== undefined && { name }),
    ...(concurrency !== undefined && { concurrency }),
    ...(retries !== undefined && { retries }),
    ...(timeout !== undefined && { timeout_seconds: timeout }),
  }
  const task = await started(rowbot, order)
  const limit = durationText(task.timeout_seconds * 1000)
  screen.note(`Task ${task.task_id}: ${task.concurrency} at once, ${task.retries} retries, ${limit} a row`)
  const ended = await rowbot.wait(task.task_id, {
    onProgress: (now) => screen.live(progressText(progressThere(now))),
  })
  const path = out ?? resultPath(file, ended.task_id)
  await saveThere(rowbot, ended.task_id, path, resultFormat(path))
  if (json) screen.print(JSON.stringify({ ...ended, result: path }))
  else {
    screen.print(`${ended.succeeded} done, ${ended.failed} failed · ${ended.status}`)
    screen.print(path)
  }
  if (ended.status !== 'completed') return EXIT.couldNotRun
  return ended.failed > 0 || ended.left_out > 0 ? EXIT.someFailed : EXIT.done
}

/** Tried again once if the answer is lost: the key makes it the same task. */
async function started(rowbot: Rowbot, order: Parameters<Rowbot['execute']>[0]): Promise<Task> {
  const key = `cli-${createHash('sha256').update(JSON.stringify(order)).digest('hex')}`
  try {
    return await rowbot.execute(order, { key })
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault // fetch throws these if a connection breaks
    return rowbot.execute(order, { key })
  }
}

async function sent(
  rowbot: Rowbot,
  file: string,
  { workflow, set }: { workflow?: string | undefined; set?: Record<string, string> | undefined },
): Promise<Upload> {
  const bytes = await readFile(file).catch(() => {
    throw new UserError(`The file ${file} cannot be read.`)
  })
  return rowbot.upload(
    { name: basename(file), bytes: new Uint8Array(bytes) },
    {
      ...(workflow !== undefined && { workflow_id: await idOf(rowbot, workflow) }),
      ...(set && { constants: set }),
    },
  )
}

async function idOf(rowbot: Rowbot, words: string): Promise<string> {
  const all = await rowbot.workflows()
  const found = all.filter(
    ({ workflow_id, name }) => workflow_id === words || name.toLowerCase() === words.toLowerCase(),
  )
  const [only, ...others] = found
  if (only && others.length === 0) return only.workflow_id
  const names = (only ? found : all).map(({ workflow_id, name }) => `${name} (${workflow_id})`).join(', ')
  throw new UserError(
    only ? `Several workflows are called “${words}”.` : `There is no workflow “${words}”.`,
    names === '' ? undefined : `There is: ${names}`,
  )
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
