import { basename, extname } from 'node:path'
import { type Command, Option } from 'commander'
import type { NamedFile, Rowbot, Upload } from '../../client/rowbot.ts'
import { UserError } from '../../engine/user-error.ts'
import { MAX_ROW } from '../../workbook/row-ranges.ts'
import { further, mapped, ranged, setForAll } from '../arguments.ts'
import { delimiterOf } from '../reading.ts'
import type { Delimiter } from '../../workbook/types.ts'
import type { GivenMapping } from '../mapping.ts'
import { findFiles } from '../sent-files.ts'
import { bytesOf, setFilesThere } from './set-files.ts'

/** What is sent, and how it is read there. What the words mean is for the server to say, which may be a newer Rowbot. */
export interface SourceFlags {
  files?: string[]
  workflow?: string
  map?: GivenMapping
  set?: Record<string, string>
  sheet?: string
  headingRow?: number
  headingRows?: number
  lastRow?: number
  only?: string
  where?: string[]
  key?: string
  values?: 'shown' | 'raw'
  encoding?: string
  delimiter?: Delimiter
}

/** The server has a limit of its own. */
const MOST_FILES = 100_000

export function addSourceThere(command: Command): Command {
  const row = { min: 1, max: MAX_ROW }
  return command
    .argument('[file]', 'a workbook or .csv file; without it, each file of --files is a row')
    .option(
      '--files <path>',
      'a folder, ZIP or file that comes along: cells name it; may be repeated',
      further,
    )
    .option('-w, --workflow <name>', 'name or id')
    .option('--map <input=heading>', 'which column feeds an input; may be repeated', mapped)
    .option(
      '--set <input=value>',
      'one value for all rows; may be repeated; of an input that takes files, @PATH is a file',
      setForAll,
    )
    .option('--sheet <name>', 'which sheet')
    .addOption(ranged('--heading-row <n>', 'the row that has the headings', row))
    .addOption(ranged('--heading-rows <n>', 'how many rows of headings', { min: 1, max: 2 }))
    .addOption(ranged('--last-row <n>', 'the last row of the table', row))
    .option('--only <rows>', 'visible, or rows of the sheet such as 3-40,88')
    .option('--where <condition>', 'only rows whose cell shows this: Tone=formal; may be repeated', further)
    .option('--key <columns>', 'the columns that name a row: SKU,Country')
    .addOption(
      new Option('--values <what>', 'what is sent for a cell with a format').choices(['shown', 'raw']),
    )
    .option('--encoding <name>', 'of a CSV file')
    .addOption(
      new Option('--delimiter <name>', 'of a CSV file: comma, semicolon, tab or bar').argParser(delimiterOf),
    )
}

/** Sends the files and has them checked there. */
export async function sendSource(
  rowbot: Rowbot,
  file: string | undefined,
  flags: SourceFlags,
): Promise<Upload> {
  const { workflow, set, map, sheet, headingRow, headingRows, lastRow, only, where, key } = flags
  const { values, encoding, delimiter } = flags
  const id = workflow === undefined ? undefined : await idOf(rowbot, workflow)
  return rowbot.upload(await filesOf(file, flags.files), {
    ...(id !== undefined && { workflow_id: id }),
    ...(set && (await setFilesThere(rowbot, id, set))),
    // “tone=” leaves it empty
    ...(map && {
      mapping: Object.fromEntries(Object.entries(map).map(([input, heading]) => [input, heading || null])),
    }),
    ...(sheet !== undefined && { sheet }),
    ...(headingRow !== undefined && { heading_row: headingRow }),
    ...((headingRows === 1 || headingRows === 2) && { heading_rows: headingRows }),
    ...(lastRow !== undefined && { last_row: lastRow }),
    ...(only !== undefined && { rows: only }),
    ...(where && { where }),
    ...(key !== undefined && { key: key.split(',').map((column) => column.trim()) }),
    ...(values && { values }),
    ...(encoding !== undefined && { encoding }),
    ...(delimiter && { delimiter }),
  })
}

/** The path that results are named after. */
export function namedAfter(file: string | undefined, files: string[] = []): string {
  const path = file ?? files[0]
  if (path === undefined)
    throw new UserError('No file is named.', 'Name a workbook or .csv file, files with --files, or both.')
  return extname(path) === '' ? `${basename(path)}.xlsx` : path
}

async function filesOf(file: string | undefined, paths: string[] = []): Promise<NamedFile[]> {
  const { files } = await findFiles(paths, { maxFiles: MOST_FILES, except: file })
  const along = files.flatMap(({ name, path }) => (path === undefined ? [] : [{ name, path }]))
  const all = file === undefined ? along : [{ name: basename(file), path: file }, ...along]
  return Promise.all(all.map(async ({ name, path }) => ({ name, bytes: await bytesOf(path) })))
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
