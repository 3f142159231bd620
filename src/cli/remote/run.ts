import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { UserError } from '../../engine/user-error.ts'
import type { Rowbot, Task, Upload } from '../../client/rowbot.ts'
import { durationText } from '../../engine/duration.ts'
import { checkTarget, resultPath } from '../files.ts'
import { EXIT } from '../finish.ts'
import type { Screen } from '../screen.ts'
import { rowsText } from '../text/check.ts'
import type { GivenMapping } from '../mapping.ts'
import { setFilesThere } from './set-files.ts'
import { followThere } from './tasks.ts'

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
  map?: GivenMapping
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
  { workflow, json, set, map, name, concurrency, retries, timeout, out }: RemoteRunFlags,
  screen: Screen,
): Promise<number> {
  checkTarget(out ?? resultPath(file, ''), file)
  const upload = await sent(rowbot, file, { workflow, set, map })
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
  return followThere(rowbot, task.task_id, { path: out ?? resultPath(file, task.task_id), json }, screen)
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
  {
    workflow,
    set,
    map,
  }: {
    workflow?: string | undefined
    set?: Record<string, string> | undefined
    map?: GivenMapping | undefined
  },
): Promise<Upload> {
  const bytes = await readFile(file).catch(() => {
    throw new UserError(`The file ${file} cannot be read.`)
  })
  const id = workflow === undefined ? undefined : await idOf(rowbot, workflow)
  return rowbot.upload(
    { name: basename(file), bytes: new Uint8Array(bytes) },
    {
      ...(id !== undefined && { workflow_id: id }),
      ...(set && (await setFilesThere(rowbot, id, set))),
      // “tone=” leaves it empty
      ...(map && {
        mapping: Object.fromEntries(Object.entries(map).map(([input, heading]) => [input, heading || null])),
      }),
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
