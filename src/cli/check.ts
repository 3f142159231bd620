import { answersAtRisk } from '../app/answers-at-risk.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { RANGES } from '../engine/parameters.ts'
import type { Workflow } from '../engine/workflow.ts'
import { textsFor } from '../messages/texts/texts.ts'
import { UserError } from '../engine/user-error.ts'
import type { Check, CheckOptions, Reading, UploadFile, ValueCell, Values } from '../workbook/types.ts'
import { asRead } from '../workbook/as-read.ts'
import { checkUpload, readValues, writeMarkedCopy } from '../workbook/workbook.ts'
import { terminalAsk } from './ask-workflow.ts'
import { checkLines, faultLine } from './text/check.ts'
import { costLines } from './cost-lines.ts'
import { checkOptionsFor, constantsFor } from './feeding.ts'
import { readingOf, type ReadingFlags } from './reading.ts'
import { checkTarget, written } from './files.ts'
import { EXIT } from './end-code.ts'
import type { GivenConstants, GivenMapping } from './mapping.ts'
import { addConfigured, named } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { withSetFiles } from './set-files.ts'
import { findSource, pathOfResults, type RunSource, uploadFrom } from './upload.ts'
import { writeFile } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'

export interface CheckFlags extends ReadingFlags {
  workflow?: string
  map?: GivenMapping
  set?: GivenConstants
  /** a path, or true for one next to the file */
  marked?: string | true
  rows: boolean
  json: boolean
}

/** Shows what is in a file, and every fault. Exit code 2 if a row cannot run. */
export async function checkFile(
  bot: Rowbot,
  source: RunSource,
  flags: CheckFlags,
  screen: Screen,
): Promise<number> {
  const upload = await uploadFrom(bot, await findSource(bot, source), screen)
  const where = readingOf(flags)
  if (flags.workflow !== undefined)
    return checkAgainst(bot, source, upload, where, flags.workflow, flags, screen)
  if (flags.set !== undefined) {
    throw new UserError('Which inputs there are depends on the workflow.', 'Name it: --workflow NAME')
  }
  if (flags.marked !== undefined) {
    throw new UserError('What is wrong depends on the workflow.', 'Name it: --workflow NAME')
  }
  if (flags.rows) return showValues(bot, upload, where, flags, screen)
  return showCheck(upload, await checkUpload(upload, where, bot.config.limits), false, flags, screen)
}

async function checkAgainst(
  bot: Rowbot,
  source: RunSource,
  sent: UploadFile,
  where: Reading,
  wanted: string,
  flags: CheckFlags,
  screen: Screen,
): Promise<number> {
  await addConfigured(bot, screen)
  const workflow = await named(bot, wanted, { screen, ask: terminalAsk(flags) })
  noteRisk(workflow, screen)
  const { upload, set } = await withSetFiles(bot, sent, flags.set, [workflow])
  const constants = constantsFor(workflow, set)
  const options = await checkOptionsFor(bot, upload, workflow, { ...flags, constants })
  const check = await checkUpload(upload, options, bot.config.limits)
  const target = flags.marked === true ? markedPath(pathOfResults(source)) : flags.marked
  if (target !== undefined) checkTarget(target, source.file)
  const read = asRead(where, check)
  const code =
    flags.rows && flags.json
      ? await showCheckWithRows(bot, upload, check, read, screen)
      : showCheck(upload, check, true, flags, screen)
  const cost = {
    rows: check.good - check.equal,
    concurrency: RANGES.concurrency.default,
    limit: workflow.perTask ?? null,
  }
  if (!flags.json) for (const line of await costLines(bot, workflow.id, cost)) screen.print(line)
  if (flags.rows && !flags.json) await printRows(await readValues(upload, read, bot.config.limits), screen)
  if (target !== undefined) {
    const saved = await saveMarkedCopy(bot, upload, options, { path: target, source: source.file })
    screen.note(`Marked copy: ${saved}`)
  }
  return code
}

/** Says what is known to go wrong on the workflow's server. */
export function noteRisk(workflow: Workflow, screen: Screen): void {
  const version = answersAtRisk(workflow)
  if (version !== undefined) screen.note(textsFor('en').wizard.losesAnswers(version))
}

function showCheck(
  upload: UploadFile,
  check: Check,
  withWorkflow: boolean,
  { json }: { json: boolean },
  screen: Screen,
): number {
  if (json) {
    screen.print(JSON.stringify(check))
  } else {
    for (const line of checkLines(upload, check, withWorkflow)) screen.print(line)
    if (withWorkflow) screen.print(`${check.good} of ${check.rows} rows can run.`)
  }
  return exitCode(check)
}

/** A sheet without rows has nothing that could run. */
function exitCode({ good, rows, faults }: Check): number {
  return good === rows && !faults.some(({ fatal }) => fatal) ? EXIT.done : EXIT.someFailed
}

/** The check as one object; its `rows` are the rows themselves, not their number. */
async function showCheckWithRows(
  bot: Rowbot,
  upload: UploadFile,
  check: Check,
  where: Reading,
  screen: Screen,
): Promise<number> {
  const values = await readValues(upload, where, bot.config.limits)
  const rows = (await Array.fromAsync(values.rows)).flat()
  screen.print(JSON.stringify({ ...check, rows }))
  return exitCode(check)
}

/** Shows every row as it was read. */
async function showValues(
  bot: Rowbot,
  upload: UploadFile,
  where: Reading,
  { json }: CheckFlags,
  screen: Screen,
): Promise<number> {
  const values = await readValues(upload, where, bot.config.limits)
  if (json) {
    const { rows: chunks, faults, ...facts } = values
    const rows = (await Array.fromAsync(chunks)).flat()
    screen.print(JSON.stringify({ ...facts, rows, faults }))
  } else {
    await printRows(values, screen)
    for (const fault of values.faults) screen.note(faultLine(fault))
  }
  return EXIT.done
}

async function printRows({ headings, rows }: Values, screen: Screen): Promise<void> {
  screen.print(['row', ...headings].join('\t'))
  for await (const chunk of rows)
    for (const { row, cells } of chunk) screen.print([row, ...cells.map(cellText)].join('\t'))
}

function cellText(cell: ValueCell): string {
  if (cell === null) return ''
  if (typeof cell === 'object') return 'error' in cell ? cell.error : '(not calculated)'
  return String(cell).replaceAll(/\s+/g, ' ')
}

/** `products.xlsx` → `products.marked.xlsx`, next to it or in `folder`. */
export function markedPath(upload: string, folder = dirname(upload)): string {
  return join(folder, `${basename(upload, extname(upload))}.marked.xlsx`)
}

/**
 * Writes a copy of the person’s workbook with its bad cells marked; says so if the formatting was lost. Never
 * overwrites `source`, which is the workbook itself, if there is one.
 */
export async function saveMarkedCopy(
  bot: Rowbot,
  upload: UploadFile,
  options: CheckOptions,
  { path, source }: { path: string; source: string | undefined },
): Promise<string> {
  checkTarget(path, source)
  const { bytes, plain } = await writeMarkedCopy(upload, options, bot.config.limits)
  await written(path, 'Name another place: --marked FILE', () => writeFile(path, bytes))
  return plain ? `${path} (a plain copy of the values)` : path
}
