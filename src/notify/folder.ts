import { say } from '../engine/sentence.ts'
import { copyFile, link, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, type Sent } from './sent.ts'

/*
 * The result in the results folder. A reader of the folder never sees half a file, nothing that is there is replaced,
 * and a file whose writing was interrupted is written once more under the same name.
 */

const MOST_OF_ONE_NAME = 1_000
const NAME_BYTES = 180

/** `products-q3.k7f2.results.xlsx`, `products-q3.k7f2-2.results.xlsx`: the first that is free. */
export async function freeName(folder: string, resultName: string, taskId: string): Promise<string> {
  for (let n = 1; n <= MOST_OF_ONE_NAME; n++) {
    const name = nameOf(resultName, n === 1 ? taskId : `${taskId}-${n}`)
    if (!(await exists(join(folder, name)))) return name
  }
  throw new Error(`the results folder has ${MOST_OF_ONE_NAME} results of task ${taskId}`)
}

function nameOf(resultName: string, id: string): string {
  const end = /\.results\.\w+$/.exec(resultName)?.[0] ?? ''
  const stem = end === '' ? resultName : resultName.slice(0, -end.length)
  return `${clippedTo(NAME_BYTES, stem)}.${id}${end}`
}

/** File systems limit a name in bytes. */
function clippedTo(bytes: number, text: string): string {
  let clipped = ''
  let length = 0
  for (const char of text) {
    length += Buffer.byteLength(char)
    if (length > bytes) break
    clipped += char
  }
  return clipped
}

/** @param path of the result; @param name chosen before, and stored, so that it is this file's alone */
export async function writeToFolder(folder: string, name: string, path: string): Promise<Sent> {
  const target = join(folder, name)
  const temporary = join(folder, `.${name}.tmp`)
  try {
    if (!(await stat(folder)).isDirectory()) return { kind: 'failed', error: say('folder-is-none') }
    if (await exists(target)) return { kind: 'sent' } // an interrupted try has written it, whole
    await copyFile(path, temporary)
    await onDisk(temporary)
    await putInPlace(temporary, target)
    return { kind: 'sent' }
  } catch (fault) {
    return { kind: 'failed', error: say('folder-not-writable', { why: codeOf(fault) }) }
  } finally {
    await rm(temporary, { force: true }).catch(() => {}) // the folder may be gone
  }
}

/** A link fails where the name is taken; a rename would replace what is there. */
async function putInPlace(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target)
  } catch (fault) {
    // Shares of Windows and FAT have no links. The name has the task's id, so nobody else writes it.
    if (codeOf(fault) === 'EEXIST' || (await exists(target))) throw fault
    await rename(temporary, target)
  }
}

async function onDisk(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return false
    throw fault
  }
}
