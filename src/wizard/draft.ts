import type { DraftRow } from '../db/drafts/drafts.ts'
import type { DraftStatus } from '../db/schema.ts'
import type { NotifyChoice } from '../engine/notify.ts'
import type { Parameters } from '../engine/task.ts'
import type { Check, Mapping, Reading, SeenRows } from '../workbook/types.ts'
import type { MessageRef, Person, Place } from '../messages/people.ts'

export type StepName = 'workbook' | 'workflow' | 'check' | 'reading' | 'columns' | 'parameters' | 'confirm'

/** A wizard in progress: an upload, and the answers so far. */
export interface Draft {
  id: string
  status: DraftStatus
  nonce: string
  revision: number
  owner: Person
  place: Place
  locale: string
  fileName: string
  uploadId: string | null
  expiresAt: number
  message: MessageRef | null
  /** the task that it has become, unless that was deleted */
  taskId: string | null
  state: DraftState
}

/** The answers so far. Stored as JSON while the draft is open, at most a day. */
export interface DraftState {
  step: StepName
  workflowId?: string
  /** what was typed to find one, in a form */
  search?: string
  /** names of the workbooks that were sent together, until one of them is chosen as the sheet */
  workbooks?: string[]
  /** how to read the file, as far as it was chosen by hand; the check decides the rest */
  reading: Reading
  /** how many files came along with the sheet, if any */
  filesAlong?: number
  /** chosen by hand or remembered; it overrides automatic mapping */
  mapping: Mapping
  /** nobody sent a sheet: it is a table with a row for each file */
  listsFiles?: boolean
  /** the mapping is the remembered one */
  remembered?: boolean
  /** the person wants automatic mapping in place of the remembered one */
  byHeadings?: boolean
  /** the mapping while it is edited in the columns step, until Done */
  edited?: Mapping
  /** values for all rows while they are edited there; null: none any more */
  editedConstants?: Record<string, string | null>
  /** the input being mapped */
  input?: string
  /** by select with more options than fit: the page it shows */
  pages: Record<string, number>
  parameters: Partial<Parameters>
  /** one value for all rows, of inputs without a column: variable name → text; absent: nobody has given or changed any */
  constants?: Record<string, string>
  /** those that were given last time in this place, and are used again */
  lastTime?: Record<string, string>
  /** those of last time that are not used */
  notAsLastTime?: { label: string; text: string; why: 'column' | 'unfit' | 'gone' }[]
  /** the columns that named a row last time, as somebody had chosen them: see row-key.ts */
  keyAsLast?: string[]
  /** rows that an earlier task has answered are not called */
  onlyNew?: boolean
  /** how much it may cost, as engine/limits.ts reads it, or `none`; absent: what the workflow says */
  limit?: string
  /** rows that send the same are each called */
  callEach?: boolean
  /** who else is notified of the task's end; absent: as the settings say */
  notify?: NotifyChoice
  /** a second workflow that is to run the same rows, to be compared */
  against?: Against
  /** the select for it is shown */
  comparing?: boolean
  /** what was typed into a form that was rejected, by field; the form opens with it until another choice is made */
  typed?: { form: string; values: Record<string, string> }
  /** messages whose files were added, the newest last, so that several events about one add them once */
  addedFrom?: string[]
  /** name of the task whose choices these are, to be run again with others */
  choicesOf?: string
  /** the last inspection of the file; in the first step it may be without a workflow */
  inspection?: Inspection
}

/** The workflow to compare with, and what the check of the sheet says for it. */
export interface Against {
  workflowId: string
  /** remembered, or chosen by hand; it overrides automatic mapping */
  mapping?: Mapping
  check?: Pick<Check, 'rows' | 'good' | 'constants' | 'mapping' | 'faults'>
}

/** The part of a check that is shown. */
export type Inspection = Omit<Check, 'preview' | 'lastRow' | 'seen'> & {
  /** absent in drafts of older versions */
  lastRow?: number
  preview: { row: number; cells: string[] }[]
  /** number of further kinds of fault */
  moreFaults: number
  /** an earlier task with the same headings and workflow */
  earlier?: SeenEarlier
}

/** An earlier task, and how many rows have its answers, are changed, or are new. */
export interface SeenEarlier extends SeenRows {
  taskId: string
  /** when it was made, ms since 1970 */
  at: number
  /** the workflow was published anew since, so no answer counts */
  isOlder: boolean
}

export const EMPTY_STATE: DraftState = {
  step: 'workflow',
  reading: {},
  mapping: {},
  pages: {},
  parameters: {},
}

export function toDraft(row: DraftRow): Draft {
  return {
    id: row.id,
    status: row.status,
    nonce: row.nonce,
    revision: row.revision,
    locale: row.locale,
    fileName: row.file_name,
    uploadId: row.upload_id,
    expiresAt: row.expires_at,
    taskId: row.task_id,
    // `as`: wizard.ts wrote these, from values of the same types.
    owner: JSON.parse(row.owner) as Person,
    place: JSON.parse(row.place) as Place,
    message: row.message === null ? null : (JSON.parse(row.message) as MessageRef),
    state: stateOf(row.state),
  }
}

/** Older versions named a draft’s inspection `look`, had no `reading` around sheet and heading row, no proposals and no constants. */
function stateOf(text: string): DraftState {
  // `as`: wizard.ts wrote it, from a value of this type.
  const { look, sheet, headingRow, ...state } = JSON.parse(text) as DraftState & OldState
  const reading = { ...(sheet !== undefined && { sheet }), ...(headingRow !== undefined && { headingRow }) }
  const inspection = state.inspection ?? look
  return {
    ...state,
    ...(inspection && { inspection: { ...NOTHING_FOUND, ...inspection } }),
    reading: state.reading ?? reading,
  }
}

type OldState = { look?: Inspection } & Pick<Reading, 'sheet' | 'headingRow'>
const NOTHING_FOUND = { headingRows: 1, groupRow: null, proposals: {}, constants: [], equal: 0 }

/** A copy without these keys. */
export function without<T, K extends keyof T>(from: T, ...keys: K[]): Omit<T, K> {
  const rest = { ...from }
  for (const key of keys) delete rest[key]
  return rest
}

/** The draft in the language to show it in: on the page the reader’s, in a chat its own. */
export function inLocaleOf({ locale }: { locale: string }, draft: Draft): Draft {
  return draft.place.platform === 'web' ? { ...draft, locale } : draft
}
