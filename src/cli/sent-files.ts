import { constants, createReadStream, type Dirent, realpathSync, statSync } from 'node:fs'
import { access, opendir, stat } from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import { UserError } from '../engine/user-error.ts'
import { isLitter } from '../files/file-names.ts'
import type { SentFile } from '../files/sent-file.ts'

/** What is at the paths of `--files`; only listed, not read yet. */
export interface FoundFiles {
  files: SentFile[]
  /** of all of them together, ZIPs as they are */
  bytes: number
  /** symbolic links in folders, which are not followed: they may lead anywhere */
  links: number
}

/**
 * Lists the files at these paths: of a folder those in it and in the folders in it, without hidden ones; or one file,
 * such as a ZIP.
 * @param except a file that is left out: the sheet may lie among its files
 * @throws UserError if there is nothing at a path, too much, or something that may not be read
 */
export async function findFiles(
  paths: string[],
  { maxFiles, except }: { maxFiles: number; except: string | undefined },
): Promise<FoundFiles> {
  const sheet = except === undefined ? undefined : realpathSync(except)
  const found: FoundFiles = { files: [], bytes: 0, links: 0 }
  for (const path of paths) {
    const isFolder = kindOf(path) === 'folder'
    const all: { name: string; path: string }[] = []
    if (!isFolder) all.push({ name: basename(path), path })
    else
      for await (const file of filesIn(path, found)) {
        all.push({ name: relative(path, file), path: file })
        // One may be the sheet, which is not counted.
        if (found.files.length + all.length > maxFiles + 1) throw tooMany(path, maxFiles)
      }
    // Several folders may have files of the same name, which cells tell apart by the folders’ names.
    const folder = isFolder && paths.length > 1 ? basename(realpathSync(path)) : ''
    for (const one of all.toSorted((a, b) => IN_ORDER.compare(a.name, b.name))) {
      if (sheet !== undefined && realpathSync(one.path) === sheet) continue
      found.bytes += await sizeOf(one.path)
      found.files.push(sentFile(join(folder, one.name), one.path, isFolder))
    }
  }
  return found
}

/** `scan 2` before `scan 10` */
const IN_ORDER = new Intl.Collator('en', { numeric: true })

function kindOf(path: string): 'folder' | 'file' {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new UserError(`There is no file or folder ${path}.`)
  if (!found.isFile() && !found.isDirectory()) throw new UserError(`${path} is neither a file nor a folder.`)
  return found.isDirectory() ? 'folder' : 'file'
}

async function* filesIn(folder: string, found: FoundFiles): AsyncGenerator<string> {
  for await (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.name.startsWith('.') || isLitter(entry.name)) continue
    if (entry.isDirectory()) yield* filesIn(path, found)
    else if (entry.isFile()) yield path
    else if (entry.isSymbolicLink()) found.links++
  }
}

/** One after the other: a folder may have millions. */
async function* entriesOf(folder: string): AsyncGenerator<Dirent> {
  try {
    yield* await opendir(folder)
  } catch (fault) {
    throw unreadable(folder, fault)
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    await access(path, constants.R_OK)
    return (await stat(path)).size
  } catch (fault) {
    throw unreadable(path, fault)
  }
}

function sentFile(name: string, path: string, inFolder: boolean): SentFile {
  return { name, path, inFolder, open: () => Promise.resolve(createReadStream(path)) }
}

function tooMany(path: string, maxFiles: number): UserError {
  return new UserError(
    `There are more than ${maxFiles.toLocaleString('en')} files in ${path}, which is the limit.`,
    'Name a folder with fewer, or raise ROWBOT_MAX_FILES.',
  )
}

/** An error of the disk as a sentence; any other is a bug. */
export function unreadable(path: string, fault: unknown): unknown {
  if (fault instanceof UserError || !(fault instanceof Error) || !('syscall' in fault)) return fault
  return new UserError(`${path} cannot be read: ${fault.message}.`, 'Nothing was run.')
}
