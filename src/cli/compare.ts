import { ROWBOT } from '../engine/this-program.ts'
import { existsSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import {
  canGoOn,
  type Comparison,
  comparisonJson,
  mayGoOn,
  requireCompared,
  submitComparison,
} from '../app/comparison.ts'
import { writeComparison } from '../app/comparison-result.ts'
import { comparisonLines, LETTERS } from '../app/comparison-text.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { type SideName, SIDES, USUAL_COMPARED } from '../engine/comparison.ts'
import type { Submission } from '../engine/engine.ts'
import type { Task } from '../engine/task.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import { textOfLines } from '../messages/rich-text.ts'
import { textsFor } from '../messages/texts/texts.ts'
import type { CheckOptions, UploadFile } from '../workbook/types.ts'
import { checkUpload, readRows } from '../workbook/workbook.ts'
import { constantsFor, checkOptionsFor } from './feeding.ts'
import { checkTarget, written } from './files.ts'
import { EXIT } from './end-code.ts'
import { follow, stopRunning } from './follow.ts'
import { interruptible } from './interrupt.ts'
import { findInput, type GivenConstants, type GivenMapping, inputOf } from './mapping.ts'
import { actorHere } from './pick-workflow.ts'
import type { ReadingFlags } from './reading.ts'
import type { Screen } from './screen.ts'
import { faultLine } from './text/check.ts'
import { rememberPlace } from './result-place.ts'

/** What `run --against` is given besides the usual. */
export interface CompareFlags extends ReadingFlags {
  map?: GivenMapping
  set?: GivenConstants
  onlyNew?: boolean
  sample?: number
  /** compare all rows */
  all?: boolean
}

/** @throws UserError if the options contradict each other */
export function refuseContradictions({ onlyNew, sample, all }: CompareFlags, isCompared: boolean): void {
  if (!isCompared && all) throw new UserError('--all is for a comparison.', 'Give --against NAME, too.')
  if (!isCompared) return
  if (onlyNew) throw new UserError('A comparison calls every row in both.', 'Leave --only-new out.')
  if (all && sample !== undefined) throw new UserError('Give --all or --sample N, not both.')
}

/** Of what is given for both workflows, what one of them takes. @throws UserError that names what neither takes */
export function givenFor<T extends CompareFlags>(options: T, workflow: Workflow, other: Workflow): T {
  const its = <V>(given: Record<string, V> | undefined) =>
    Object.fromEntries(
      Object.entries(given ?? {}).filter(([input]) => {
        if (findInput(workflow, input) !== undefined) return true
        if (findInput(other, input) === undefined) inputOf(workflow, input)
        return false
      }),
    )
  return {
    ...options,
    ...(options.map && { map: its(options.map) }),
    ...(options.set && { set: its(options.set) }),
  }
}

/** The same rows for the workflow to compare with. @throws UserError with the faults if none can run */
export async function submissionAgainst(
  bot: Rowbot,
  upload: UploadFile,
  { a, checked, against, options }: AgainstRequest,
  screen: Screen,
): Promise<Submission> {
  const { limits } = bot.config
  const given = givenFor(options, against, a.workflow)
  const constants = constantsFor(against, given.set)
  const asked = await checkOptionsFor(bot, upload, against, { ...given, constants })
  const { variables: _a, mapping: _mapping, constants: _constants, fileLimits: _limits, ...reading } = checked
  const { variables = [], mapping = {}, fileLimits } = asked
  const how: CheckOptions = { ...reading, variables, mapping, constants, ...(fileLimits && { fileLimits }) }
  const check = await checkUpload(upload, how, limits)
  const stopping = check.faults.filter(({ note }) => !note)
  for (const fault of stopping) screen.note(`  ${against.name}: ${faultLine(fault)}`)
  if (check.good === 0)
    throw new UserError(
      `No row can run in “${against.name}”.`,
      'Say which column feeds an input: --map INPUT=HEADING, or give all rows a value: --set INPUT=VALUE',
    )
  const rows: Submission['rows'] = []
  const leftOut: Submission['leftOut'] = []
  for await (const chunk of readRows(upload, how, limits)) {
    for (const { row, cells, inputs, fault, found } of chunk) {
      if (inputs) rows.push({ row, cells, inputs })
      else leftOut.push({ row, cells, fault, found })
    }
  }
  const name = a.parameters.name.replace(a.workflow.name, against.name)
  return {
    ...a,
    workflow: against,
    constants: check.constants,
    parameters: { ...a.parameters, name },
    rows,
    leftOut,
  }
}

interface AgainstRequest {
  a: Submission
  /** how the sheet was read for A */
  checked: CheckOptions
  against: Workflow
  options: CompareFlags
}

/** Runs the rows in both, follows them to their end and prints how they compare. Returns the exit code. */
export async function runComparison(
  bot: Rowbot,
  { a, b, options }: { a: Submission; b: Submission; options: CompareFlags },
  screen: Screen,
  { json, out, path }: { json: boolean; out?: string; path: string },
): Promise<number> {
  const count = options.all ? 0 : (options.sample ?? USUAL_COMPARED)
  const made = await submitComparison(bot, actorHere(), { a, b, count })
  await rememberPlace(bot, [made.a.id, made.b.id], { out, folder: dirname(path) })
  screen.note(`Task ${made.a.id}: ${a.workflow.name} · task ${made.b.id}: ${b.workflow.name}`)
  return finishComparison(bot, made, screen, { json, path, ...(out !== undefined && { out }) })
}

/** Follows both to their end, writes what they gave and prints how they compare. */
export async function finishComparison(
  bot: Rowbot,
  made: Record<SideName, Pick<Task, 'id'>>,
  screen: Screen,
  { json, out, path }: { json: boolean; out?: string; path: string },
): Promise<number> {
  const interrupt = interruptible(bot, made.a.id, screen)
  try {
    await follow(bot, made.a.id, interrupt, screen)
    await follow(bot, made.b.id, interrupt, screen)
    interrupt.over()
    const comparison = await requireCompared(bot.db, made.a.id)
    const isOver = SIDES.every((side) => comparison[side].isOver)
    const target = out ?? (isOver ? freePath(path, made.a.id) : undefined)
    if (target !== undefined) await saveComparison(bot, comparison, target)
    if (json) screen.print(JSON.stringify({ ...comparisonJson(comparison), result: target ?? null }))
    else for (const line of comparisonText(comparison)) screen.print(line)
    if (!json && target !== undefined) screen.print(target)
    await stopRunning(bot, made.b.id, screen)
    return exitCode(comparison)
  } finally {
    interrupt.off()
  }
}

export async function saveComparison(bot: Rowbot, comparison: Comparison, path: string): Promise<void> {
  checkTarget(path)
  const format = extname(path).toLowerCase() === '.csv' ? 'csv' : 'xlsx'
  const elsewhere = `Its rows are kept. Write it elsewhere: ${ROWBOT} result ${comparison.a.task.id} --out FILE`
  await written(path, elsewhere, () =>
    writeComparison(bot.db, comparison, { path, format, limits: bot.config.limits }),
  )
}

/** `products.xlsx` → `products.compared.xlsx` next to it; with the task’s id in the name if that is taken. */
export function comparedPath(upload: string, folder = dirname(upload)): string {
  return join(folder, `${basename(upload, extname(upload))}.compared.xlsx`)
}

function freePath(path: string, taskId: string): string {
  return existsSync(path) ? path.replace(/\.xlsx$/, `.${taskId}.xlsx`) : path
}

/** How the two compare, and how to go on with one of them. */
export function comparisonText(comparison: Comparison): string[] {
  const texts = textsFor('en')
  const lines = comparisonLines(comparison, texts).map((line) => textOfLines([line]))
  if (!mayGoOn(comparison)) return lines
  return [
    ...lines,
    ...SIDES.filter((side) => canGoOn(comparison[side])).map((side) => {
      const { id, counts } = comparison[side].task
      return `${texts.comparison.goOn(LETTERS[side], counts.total)}: ${ROWBOT} resume ${id}`
    }),
  ]
}

function exitCode({ a, b, tally }: Comparison): number {
  if (a.task.status === 'failed' || b.task.status === 'failed') return EXIT.couldNotRun
  if (!a.isOver || !b.isOver) return EXIT.interrupted
  return tally.a.failed + tally.b.failed === 0 ? EXIT.done : EXIT.someFailed
}
