import { dirname } from 'node:path'
import { basename, extname } from 'node:path'
import type { Submission } from '../engine/engine.ts'
import type { NotifyChoice } from '../engine/notify.ts'
import { NAME_CHARS } from '../engine/parameters.ts'
import { findEarlierTask } from '../db/tasks/earlier-task.ts'
import { UserError } from '../engine/user-error.ts'
import type { TaskLimit } from '../engine/limits.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { requireAllowed } from '../app/notify-settings.ts'
import { submitTask } from '../app/tasks.ts'
import { countRowsToCall } from '../db/stats/estimates.ts'
import type { FaultCode } from '../workbook/fault.ts'
import type { Check, CheckOptions, Reading, UploadFile } from '../workbook/types.ts'
import { asRead } from '../workbook/as-read.ts'
import { columnsNamed } from '../workbook/check/named-columns.ts'
import { firstRow } from '../workbook/check/table.ts'
import { checkUpload, readRows } from '../workbook/workbook.ts'
import { durationText } from '../engine/duration.ts'
import { constantText, faultLine, filesLine, readLine, rowsText, uploadLine } from './text/check.ts'
import { sameLines } from './text/same-rows.ts'
import { costLines } from './cost-lines.ts'
import { checkOptionsFor, constantsFor } from './feeding.ts'
import { readingOf, type ReadingFlags } from './reading.ts'
import { checkTarget, resultPath } from './files.ts'
import { finish } from './finish.ts'
import type { GivenConstants, GivenMapping } from './mapping.ts'
import { markedPath, noteRisk, saveMarkedCopy } from './check.ts'
import { terminalAsk } from './ask-workflow.ts'
import { comparedPath, givenFor, refuseContradictions, runComparison, submissionAgainst } from './compare.ts'
import { actorHere, addConfigured, named, personHere, resolveWorkflow } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { withSetFiles } from './set-files.ts'
import { findSource, pathOfResults, type RunSource, uploadFrom } from './upload.ts'
import { rememberPlace } from './result-place.ts'

interface RunOptions extends ReadingFlags {
  /** its name or id; undefined: the one that fits */
  workflow: Workflow | string | undefined
  name?: string
  concurrency?: number
  retries?: number
  timeout?: number
  map?: GivenMapping
  /** one value for all rows */
  set?: GivenConstants
  /** rows that an earlier task has answered are not called */
  onlyNew?: boolean
  /** rows that send the same are each called */
  each?: boolean
  /** how many rows to try before the others, or to compare */
  sample?: number
  /** how much it may cost */
  atMost?: TaskLimit | null
  /** who else is notified of its end; absent: as the settings say */
  notify?: NotifyChoice
  /** name or id of a workflow that runs the same rows, to be compared */
  against?: string
  /** compare all rows */
  all?: boolean
  out?: string
  /** where the result goes if `out` is not given; default: next to the file */
  folder?: string
  json: boolean
}

const FAULTS_SHOWN = 10

/** Checks a workbook, or files that each are a row, runs every good row and writes the result. Returns the exit code. */
export async function run(
  bot: Rowbot,
  source: RunSource,
  options: RunOptions,
  screen: Screen,
): Promise<number> {
  refuseContradictions(options, options.against !== undefined)
  const against = options.against === undefined ? undefined : await againstNamed(bot, options, screen)
  const { submission, upload, checked, set } = await submissionOf(
    bot,
    source,
    { ...options, against },
    screen,
  )
  if (against) {
    const a = submission
    const given = { ...options, ...(set && { set }) }
    const b = await submissionAgainst(bot, upload, { a, checked, against, options: given }, screen)
    const { json, out } = options
    const path = comparedPath(pathOfResults(source), options.folder)
    return runComparison(bot, { a, b, options }, screen, { json, path, ...(out !== undefined && { out }) })
  }
  const task = await submitTask(bot, actorHere(), submission)
  const folder = options.folder ?? dirname(pathOfResults(source))
  await rememberPlace(bot, [task.id], { out: options.out, folder })
  const limit = durationText(task.timeoutSeconds * 1000)
  screen.note(`Task ${task.id}: ${task.concurrency} at once, ${task.retries} retries, ${limit} a row`)
  const rows = options.sample === undefined ? await countRowsToCall(bot.db, task.id) : 0
  for (const line of await costLines(bot, task.workflowId, { ...task, rows })) screen.note(line)
  return finish(bot, task.id, screen, {
    json: options.json,
    ...(options.out !== undefined && { out: options.out }),
    path: () => resultPath(pathOfResults(source), task.id, options.folder),
  })
}

async function againstNamed(bot: Rowbot, options: RunOptions, screen: Screen): Promise<Workflow> {
  await addConfigured(bot, screen)
  return named(bot, options.against ?? '', { screen, ask: terminalAsk(options) })
}

async function submissionOf(
  bot: Rowbot,
  source: RunSource,
  options: Omit<RunOptions, 'against'> & { against: Workflow | undefined },
  screen: Screen,
): Promise<{
  submission: Submission
  upload: UploadFile
  checked: CheckOptions
  set: GivenConstants | undefined
}> {
  const { limits } = bot.config
  requireAllowed(options.notify ?? {}, bot.notify) // before anything is read
  const found = await findSource(bot, source)
  const path = pathOfResults(source)
  checkTarget(options.out ?? resultPath(path, '', options.folder), source.file)
  let taken: Promise<UploadFile> | undefined
  const read = () => (taken ??= uploadFrom(bot, found, screen))
  const workflow =
    typeof options.workflow === 'object'
      ? options.workflow
      : await resolveWorkflow(
          bot,
          options.workflow,
          { upload: read, how: anySheet(readingOf(options)), set: options.set },
          { screen, ask: terminalAsk(options) },
        )
  noteRisk(workflow, screen)
  const meant = options.against ? [workflow, options.against] : [workflow]
  const { upload, set } = await withSetFiles(bot, await read(), options.set, meant)
  const all = { ...options, ...(set && { set }) }
  const given = options.against ? givenFor(all, workflow, options.against) : all
  const constants = constantsFor(workflow, given.set)
  const began = performance.now()
  const checkOptions = await checkOptionsFor(bot, upload, workflow, { ...given, constants })
  const check = await checkUpload(upload, checkOptions, limits)
  const seconds = ((performance.now() - began) / 1000).toFixed(1)
  screen.note(`${uploadLine(upload, check)} → ${workflow.name}`)
  for (const line of [filesLine(upload), readLine(upload, check)]) if (line !== undefined) screen.note(line)
  const marked =
    check.good === check.rows
      ? undefined
      : await saveMarkedCopy(bot, upload, checkOptions, {
          path: markedPath(options.out ?? path, options.folder),
          source: source.file,
        })
  refuseUnrunnable(upload, check, marked)
  for (const constant of check.constants) screen.note(`  ${constant.name} ← ${constantText(constant)}`)
  screen.note(`✔ checked in ${seconds} s · ${checkedText(check, marked)}`)
  for (const fault of check.faults.slice(0, FAULTS_SHOWN)) screen.note(`  ${faultLine(fault)}`)

  // Exactly as it was checked, even if detection would choose otherwise now.
  const checked = { ...checkOptions, ...asRead(checkOptions, check) }
  const asked = checked.key && columnsNamed(checked.key, check.headings)
  const earlier = await findEarlierTask(bot.db, {
    workflowId: workflow.id,
    headings: check.headings,
    owner: { name: personHere() },
    key: asked,
  })
  const keyColumns = asked ?? (earlier?.keyChosen ? earlier.keyColumns : undefined)
  const { seen } = earlier ? await checkUpload(upload, { ...checked, earlier }, limits) : check
  for (const line of sameLines(check, { earlier, seen, options })) screen.note(line)
  const carried = options.onlyNew ? (seen?.unchanged ?? 0) : 0

  const rows: Submission['rows'] = []
  const leftOut: Submission['leftOut'] = []
  for await (const chunk of readRows(upload, checked, limits)) {
    for (const { row, cells, inputs, fault, found } of chunk) {
      if (inputs) rows.push({ row, cells, inputs })
      else leftOut.push({ row, cells, fault, found })
    }
  }
  const submission: Submission = {
    parameters: {
      name: options.name ?? defaultName(upload, workflow),
      ...(options.concurrency !== undefined && { concurrency: options.concurrency }),
      ...(options.retries !== undefined && { retries: options.retries }),
      ...(options.timeout !== undefined && { timeoutSeconds: options.timeout }),
    },
    workflow,
    upload: {
      fileName: upload.name,
      bytes: upload.bytes,
      ...(upload.files && { files: upload.files }),
      ...(upload.listsFiles && { listsFiles: true }),
    },
    sheet: check.sheet,
    headingRow: firstRow(check) - 1,
    headings: check.headings,
    constants: check.constants,
    rows,
    leftOut,
    owner: personHere(),
    equalOnce: options.each !== true,
    ...(options.notify && { notify: options.notify }),
    ...(keyColumns && keyColumns.length > 0 && { keyColumns }),
    ...(earlier && carried > 0 && { carryFrom: { taskId: earlier.id, rows: carried } }),
    ...(options.atMost !== undefined && { limit: options.atMost }),
    ...(options.sample !== undefined && { tryFirst: options.sample }),
  }
  return { submission, upload, checked, set }
}

/** While the workflow is not known, the sheet may be another one than the columns named are of. */
function anySheet({ where: _where, key: _key, ...reading }: Reading): Reading {
  return reading
}

function defaultName(upload: UploadFile, workflow: Workflow): string {
  const name = `${basename(upload.name, extname(upload.name))} · ${workflow.name}`
  return [...name].slice(0, NAME_CHARS).join('')
}

/** @throws UserError if no row can run, with the faults as the reason */
function refuseUnrunnable(upload: UploadFile, check: Check, marked: string | undefined): void {
  if (check.good > 0) return
  if (check.rows === 0 && check.faults.length === 0) {
    throw new UserError(`Sheet “${check.sheet}” of ${upload.name} has no rows under its headings.`)
  }
  const faults = check.faults.slice(0, FAULTS_SHOWN).map((fault) => `  ${faultLine(fault)}`)
  const where = marked ? `${marked} has the bad cells marked. ` : ''
  const option = check.faults.flatMap(({ code }) => OPTIONS[code] ?? [])[0]
  throw new UserError(
    [`No row of ${upload.name} can run:`, ...faults].join('\n'),
    option ?? `${where}Fix them and run it again.`,
  )
}

/** How to decide on the command line what a person decides elsewhere. */
const OPTIONS: Partial<Record<FaultCode, string>> = {
  'two-sheets': 'Name the sheet: --sheet NAME',
  'rows-above': 'Say which row has the headings: --heading-row N',
  'two-heading-rows':
    'Say where the headings are: --heading-row N, and --heading-rows 2 if they are in two rows',
  'missing-column':
    'Say which column feeds it: --map INPUT=HEADING, or give all rows a value: --set INPUT=VALUE',
  'missing-value': 'Give all rows a value: --set INPUT=VALUE',
  'which-file-input': 'Say which input the files feed: --map INPUT=File',
  'ambiguous-column': 'Say which column feeds it: --map INPUT=HEADING',
  'near-column': 'Say which column feeds it: --map INPUT=HEADING (INPUT= leaves it empty)',
  'nothing-fed': 'Say which columns feed the inputs: --map INPUT=HEADING',
}

function checkedText({ rows, good }: Check, marked: string | undefined): string {
  if (marked === undefined) return `all ${rowsText(rows)} can run`
  return `${good} can run, ${rows - good} cannot and are left out (see ${marked})`
}
