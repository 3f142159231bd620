import { statSync } from 'node:fs'
import { basename, dirname, normalize, relative, resolve } from 'node:path'
import type { Rowbot } from '../app/rowbot.ts'
import { UserError } from '../engine/user-error.ts'
import { withAddedFiles } from '../files/add-files.ts'
import { gather } from '../files/gather.ts'
import { withPictures } from '../files/pictures.ts'
import { textsFor } from '../messages/texts/texts.ts'
import { sweepFiles } from '../serve/cleanup.ts'
import type { Limits } from '../workbook/limits.ts'
import type { UploadFile } from '../workbook/types.ts'
import { readUpload, shellWord } from './files.ts'
import type { Screen } from './screen.ts'
import { findFiles, type FoundFiles, unreadable } from './sent-files.ts'

/** What a person names on the command line: a sheet, files that come along with it, or only files. */
export interface RunSource {
  file?: string | undefined
  /** folders, ZIPs or files */
  files?: string[] | undefined
}

/** The sheet, and which files there are; they are not read yet. */
export interface FoundSource {
  source: RunSource
  sheet?: UploadFile
  found?: FoundFiles
}

/** @throws UserError if nothing is named, or something is not there or may not be read */
export async function findSource(
  { config: { limits } }: Pick<Rowbot, 'config'>,
  source: RunSource,
): Promise<FoundSource> {
  const { file, files = [] } = source
  if (file === undefined && files.length === 0)
    throw new UserError('No file is named.', 'Name a workbook or .csv file, files with --files, or both.')
  const sheet = file === undefined ? undefined : await readSheet(file, limits)
  const found =
    files.length === 0 ? undefined : await findFiles(files, { maxFiles: limits.maxFiles, except: file })
  return { source, ...(sheet && { sheet }), ...(found && { found }) }
}

async function readSheet(path: string, limits: Limits): Promise<UploadFile> {
  const kind = isFolder(path) ? 'a folder' : /\.zip$/i.test(path) ? 'a ZIP' : undefined
  if (kind === undefined) return readUpload(path, limits)
  throw new UserError(`${path} is ${kind}.`, `For the files in it: --files ${shellWord(path)}`)
}

/**
 * Brings the files to the data folder. Without a sheet, each file is a row, unless exactly one of them is a workbook.
 * @throws UserError if they are too many or too large, or one cannot be taken
 */
export async function uploadFrom(
  bot: Rowbot,
  { source, sheet, found }: FoundSource,
  screen: Screen,
): Promise<UploadFile> {
  const { limits, dataDir } = bot.config
  if (!found) {
    if (sheet) return withPictures(sheet, { store: bot.files, limits })
    throw new Error('a source without files has a sheet')
  }
  if (found.links > 0) screen.note(linksText(found.links))
  const options = {
    store: bot.files,
    limits,
    words: textsFor('en').files,
    progress: progressOn(screen, found.bytes),
  }
  try {
    const taken = await gather(found.files, { ...options, withoutSheet: sheet !== undefined })
    // After the files, which may take hours to read: what is stored and not referred to is deleted after an hour.
    const upload = sheet ? withAddedFiles(await withPictures(sheet, options), taken, options) : taken
    return upload.listsFiles ? { ...upload, name: tableName(source, upload.name) } : upload
  } catch (fault) {
    throw unreadable(`A file, or ${dataDir},`, fault)
  } finally {
    await sweepFiles(bot) // of earlier commands: nothing else does it where nobody serves
  }
}

function linksText(links: number): string {
  return links === 1
    ? '1 symbolic link in the folder is left out.'
    : `${links.toLocaleString('en')} symbolic links in the folder are left out.`
}

const SHOWN_AFTER_MS = 1_000
const SHOWN_EVERY_MS = 100

/** Shows how much is read, once it takes a while. */
export function progressOn(
  screen: Pick<Screen, 'live'>,
  total: number,
  now: () => number = performance.now.bind(performance),
): (bytes: number) => void {
  let next = now() + SHOWN_AFTER_MS
  return (bytes) => {
    if (now() < next) return
    next = now() + SHOWN_EVERY_MS
    // What is in a ZIP may be more than all that was found.
    const of = bytes <= total ? ` of ${sizeText(total)}` : ''
    screen.live(`Reading files: ${sizeText(bytes)}${of}`)
  }
}

function sizeText(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`
}

/** A folder gives the table its name. */
function tableName({ files = [] }: RunSource, name: string): string {
  const [path] = files
  return path !== undefined && files.length === 1 && isFolder(path) ? basename(resolve(path)) : name
}

/**
 * The path after which results are named, and beside which they go. Without a sheet, that is the first of the files that
 * lies in none of the folders: beside a folder, never in it, where the next run would take the result along.
 */
export function pathOfResults({ file, files = [] }: RunSource): string {
  if (file !== undefined) return file
  const folders = files.filter(isFolder)
  const isOutside = (path: string) => !folders.some((folder) => isIn(folder, dirname(resolve(path))))
  const named = normalize(files.find(isOutside) ?? files[0] ?? '').replace(/(?<=.)[/\\]+$/, '')
  const path = /^\.{1,2}$/.test(basename(named)) ? resolve(named) : named
  return isFolder(path) ? `${path}.files` : path // as an extension is cut off: a folder’s name has none
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

function isIn(folder: string, path: string): boolean {
  const way = relative(resolve(folder), path)
  return way === '' || (!way.startsWith('..') && resolve(way) !== way)
}
