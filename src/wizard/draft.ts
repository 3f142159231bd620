import type { DraftRow } from '../db/drafts/drafts.ts'
import type { DraftStatus } from '../db/schema.ts'
import type { Parameters } from '../engine/task.ts'
import type { Check, Mapping } from '../workbook/types.ts'
import type { MessageRef, Person, Place } from '../messages/people.ts'

export type StepName = 'workflow' | 'check' | 'columns' | 'parameters' | 'confirm'

/** A wizard in progress: an upload, and what was answered so far. */
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
  /** what it has become, unless that was deleted */
  taskId: string | null
  state: DraftState
}

/** What was answered. Kept as JSON for as long as the draft lasts, which is a day. */
export interface DraftState {
  step: StepName
  workflowId?: string
  /** chosen by hand; else what the check finds */
  sheet?: string
  headingRow?: number
  /** by hand or remembered, over what matches by itself */
  mapping: Mapping
  /** the mapping is the one of the last time */
  remembered?: boolean
  /** the person wants the headings to decide, whatever was chosen the last time */
  byHeadings?: boolean
  /** being chosen in the columns step, until Done */
  edited?: Mapping
  /** the input being mapped */
  input?: string
  /** of selects with more options than fit: which page */
  pages: Record<string, number>
  parameters: Partial<Parameters>
  /** into a form that was sent off and not taken, by field; it opens with it until something else is chosen */
  typed?: { form: string; values: Record<string, string> }
  /** what the last look at the file found; in the first step without a workflow in mind */
  inspection?: Inspection
}

/** A check, as much of it as is shown. */
export type Inspection = Omit<Check, 'preview'> & {
  preview: { row: number; cells: string[] }[]
  /** kinds of faults beyond those kept */
  moreFaults: number
}

export const EMPTY_STATE: DraftState = { step: 'workflow', mapping: {}, pages: {}, parameters: {} }

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
    // These were written by wizard.ts, from values of the same types.
    owner: JSON.parse(row.owner) as Person,
    place: JSON.parse(row.place) as Place,
    message: row.message === null ? null : (JSON.parse(row.message) as MessageRef),
    state: stateOf(row.state),
  }
}

/** A draft that an older version has begun names its inspection `look`. */
function stateOf(text: string): DraftState {
  // Written by wizard.ts, from a value of this type.
  const { look, ...state } = JSON.parse(text) as DraftState & { look?: Inspection }
  return { ...(look && { inspection: look }), ...state }
}

/** The same without these keys. */
export function without<T, K extends keyof T>(from: T, ...keys: K[]): Omit<T, K> {
  const rest = { ...from }
  for (const key of keys) delete rest[key]
  return rest
}

/** A message of a chat speaks the language of whom it is for; a page that of who reads it. */
export function inLocaleOf({ locale }: { locale: string }, draft: Draft): Draft {
  return draft.place.platform === 'web' ? { ...draft, locale } : draft
}
