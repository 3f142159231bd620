import type { Cell } from '../engine/task.ts'
import type { Workflow } from '../engine/workflow.ts'
import { isFedByName } from '../workbook/check/headings.ts'
import { asRead } from '../workbook/as-read.ts'
import type { Limits } from '../workbook/limits.ts'
import type { CheckOptions, Reading, UploadFile } from '../workbook/types.ts'
import { sentFilesOf } from '../files/pictures.ts'
import { checkUpload } from '../workbook/workbook.ts'
import { type Inspection, type DraftState, EMPTY_STATE, without } from './draft.ts'
import type { Db } from '../db/schema.ts'
import { byColumn, byHeading } from './columns.ts'
import { earlierTask, seenIn } from './earlier.ts'
import type { Requester } from '../messages/people.ts'
import { areColumns, columnsNamed } from '../workbook/check/named-columns.ts'
import { withKeyOf } from './row-key.ts'
import { lastConstants } from './last-constants.ts'
import { rememberedMapping } from './remembered.ts'

const MAX_FAULTS = 12
const PREVIEW_CHARS = 120

/** @throws UserError if the file cannot be read */
export async function inspect(file: UploadFile, options: CheckOptions, limits: Limits): Promise<Inspection> {
  const { seen: _seen, ...check } = await checkUpload(file, options, limits)
  return {
    ...check,
    preview: check.preview.map(({ row, cells }) => ({ row, cells: cells.map(shown) })),
    faults: check.faults.slice(0, MAX_FAULTS),
    moreFaults: Math.max(0, check.faults.length - MAX_FAULTS),
  }
}

/** How to read the workbook, from the answers so far. */
export function optionsOf(
  { reading, mapping, constants = {} }: Pick<DraftState, 'reading' | 'mapping' | 'constants'>,
  workflow: Workflow | undefined,
): CheckOptions {
  if (!workflow) return reading
  const { variables, fileLimits } = workflow
  return { ...reading, variables, mapping, constants, fileLimits }
}

/** How the file was read for this draft’s inspection. */
export function readingShown({ reading, inspection }: Pick<DraftState, 'reading' | 'inspection'>): Reading {
  return inspection ? asRead(reading, inspection) : reading
}

/** Where another sheet is read, nothing of this one’s rows holds. */
export function readingOfSheet(reading: Reading, sheet: string): Reading {
  return { ...without(reading, 'headingRow', 'headingRows', 'lastRow', 'rows', 'where', 'key'), sheet }
}

/**
 * What was chosen, and the sheet it was chosen for: a heading row that a person names is one of the sheet they see, and
 * on another it may fit better. Not while they have to choose the sheet.
 */
export function onSheetShown({ reading, inspection }: Pick<DraftState, 'reading' | 'inspection'>): Reading {
  const isOpen = inspection?.faults.some(({ code }) => code === 'two-sheets')
  return inspection && !isOpen ? { ...reading, sheet: inspection.sheet } : reading
}

/** True if the columns are named after every required input of the workflow; of files alone, if it takes files. */
export function fits(
  { inspection, listsFiles }: Pick<DraftState, 'inspection' | 'listsFiles'>,
  workflow: Workflow,
): boolean {
  return listsFiles ? takesFiles(workflow) : isFedByName(inspection?.headings ?? [], workflow.variables)
}

/** True if the workflow has an input for files. */
export function takesFiles({ variables }: Workflow): boolean {
  return variables.some(({ type }) => type === 'file' || type === 'file-list')
}

function shown(cell: Cell): string {
  const line = String(cell ?? '').replaceAll(/\s+/g, ' ')
  return line.length > PREVIEW_CHARS ? `${line.slice(0, PREVIEW_CHARS)}…` : line
}

/**
 * The state after inspecting the file for a workflow. A remembered mapping applies unless there is one
 * chosen now.
 * @throws UserError if the file or the sheet cannot be read
 */
export async function inspectAgain(db: Db, before: DraftState, about: InspectionOf): Promise<DraftState> {
  const state = await inspectMapped(db, before, about)
  const { workflow, requester } = about
  return workflow && requester ? compared(db, state, { ...about, workflow, requester }) : state
}

export interface InspectionOf {
  file: UploadFile
  workflow: Workflow | undefined
  limits: Limits
  /** whose earlier tasks to compare with */
  requester?: Pick<Requester, 'person' | 'place'> | undefined
}

/** Values for all rows that were given last time in this place apply until somebody gives or changes one. */
async function inspectMapped(db: Db, before: DraftState, about: InspectionOf): Promise<DraftState> {
  const state = await inspectColumns(db, before, about)
  const { file, workflow, limits, requester } = about
  const { inspection, constants, byHeadings } = state
  if (!workflow || !requester || !inspection || constants !== undefined || byHeadings) return state
  const last = await lastConstants(db, workflow, requester, inspection)
  const next = { ...state, ...last }
  if (!last || Object.keys(last.constants).length === 0) return next
  return { ...next, inspection: await inspect(file, optionsOf(next, workflow), limits) }
}

async function inspectColumns(
  db: Db,
  before: DraftState,
  { file, workflow, limits }: InspectionOf,
): Promise<DraftState> {
  const inspection = await inspect(file, optionsOf(before, workflow), limits)
  const state = { ...before, filesAlong: sentFilesOf(file).length }
  if (!workflow || state.byHeadings || Object.keys(state.mapping).length > 0) return { ...state, inspection }

  const mapping = await rememberedMapping(db, workflow, inspection, file)
  if (Object.keys(mapping).length === 0) return { ...state, inspection }
  const again = { ...state, mapping, remembered: true }
  return { ...again, inspection: await inspect(file, optionsOf(again, workflow), limits) }
}

/** Finds out which rows an earlier task has answered. The sheet is read once more for that, if there is such a task. */
async function compared(
  db: Db,
  { onlyNew: _onlyNew, ...state }: DraftState,
  {
    file,
    workflow,
    limits,
    requester,
  }: InspectionOf & { workflow: Workflow; requester: Pick<Requester, 'person' | 'place'> },
): Promise<DraftState> {
  const { inspection } = state
  // A comparison calls every row in both.
  if (!inspection || inspection.good === 0 || state.against) return state
  const { headings } = inspection
  const { key } = state.reading
  const task = await earlierTask(db, requester, workflow, headings, key && columnsNamed(key, headings))
  if (!task) return without(state, 'keyAsLast')
  const options = optionsOf({ ...state, reading: readingShown(state) }, workflow)
  const earlier = seenIn(task, await checkUpload(file, { ...options, earlier: task }, limits))
  const named = withKeyOf(state, task, headings)
  return { ...named, ...(earlier && { inspection: { ...inspection, earlier } }) }
}

/**
 * The state after the first inspection. The workflow is the one chosen with the file, the only one there is, or the
 * only one that fits.
 */
export async function inspectFirst(
  state: DraftState,
  { file, workflows, limits }: { file: UploadFile; workflows: Workflow[]; limits: Limits },
): Promise<DraftState> {
  const inspection = await inspect(file, optionsOf(state, undefined), limits)
  const { workflowId, ...before } = state
  const rest = {
    ...without(before, 'listsFiles'),
    ...(file.listsFiles && { listsFiles: true }),
    filesAlong: sentFilesOf(file).length,
    inspection,
  }
  const fitting = workflows.filter((workflow) => fits(rest, workflow))
  const only = workflows.length === 1 ? workflows[0] : fitting.length === 1 ? fitting[0] : undefined
  const chosen = workflows.find(({ id }) => id === workflowId) ?? only
  return { ...rest, ...(chosen && { workflowId: chosen.id }) }
}

/**
 * The state after another file has replaced the draft’s: back at the check step, with those choices that still apply.
 */
export async function inspectReplacement(
  db: Db,
  state: DraftState,
  more: InspectionOf & { workflows: Workflow[] },
): Promise<DraftState> {
  const first = await inspectFirst(EMPTY_STATE, more)
  const { parameters, constants, lastTime, against } = state
  const given = {
    parameters,
    ...(constants && { constants }),
    ...(lastTime && { lastTime }),
    ...(against && { against: { workflowId: against.workflowId } }),
  }
  if (!more.workflow || state.step === 'workflow') {
    return { ...first, ...given, ...(more.workflow && { workflowId: more.workflow.id }) }
  }
  const next: DraftState = {
    ...first,
    ...given,
    workflowId: more.workflow.id,
    step: 'check',
    reading: readingOfReplacement(state.reading, first.inspection),
  }
  // The columns of a table of files are not those of somebody’s sheet, even if they are called the same.
  const isAlike = first.listsFiles === state.listsFiles
  const chosen = isAlike ? byHeading(state.mapping, state.inspection?.headings ?? []) : {}
  if (Object.keys(chosen).length === 0) return inspectAgain(db, next, more)
  // The first inspection is without the workflow, and may be of another sheet than the one that fits it.
  const { headings } = await inspect(more.file, optionsOf(next, more.workflow), more.limits)
  return inspectAgain(db, { ...next, mapping: byColumn(chosen, headings) }, more)
}

/** The sheet if there is one of its name; of the rest, what is no matter of one file’s rows and bytes. */
function readingOfReplacement(
  { sheet, values, rows, where, key }: Reading,
  inspection: Inspection | undefined,
): Reading {
  const isThere = inspection?.sheets.some(({ name }) => name === sheet)
  return {
    ...(sheet !== undefined && isThere && { sheet }),
    ...(values !== undefined && { values }),
    ...(rows === 'visible' && { rows }),
    ...(where && { where }),
    ...(key && areColumns(key, inspection?.headings ?? []) && { key }),
  }
}
