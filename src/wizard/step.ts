import type { RowCost } from '../db/estimates.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Words } from '../words/words.ts'
import type { DraftVerb } from './click-ids.ts'
import type { Draft, State } from './draft.ts'
import type { Form, Prompt } from './prompt.ts'

/** All that a step sees. */
export interface Sight {
  draft: Draft
  /** those that the person may use here, by name */
  workflows: Workflow[]
  /** the chosen one */
  workflow: Workflow | undefined
  /** what its rows took before */
  cost: RowCost | undefined
  words: Words
}

/** What an answer comes to. */
export type Move =
  /** the draft is now so */
  | { state: State; look?: undefined }
  /** and the workbook is to be looked at anew before it is shown */
  | { state: State; look: true }
  | { tell: string }
  | { form: Form }
  | { file: 'template' | 'marked' }
  | { start: { tryFirst: boolean } }
  | { cancel: true }
  /** a button that this step does not have: the message is an old one */
  | { stale: true }

/** One step of the four: pure, so that it is the same whatever face shows it. */
export interface Step {
  prompt(sight: Sight): Prompt
  /** what each of its buttons and selects does, given the value of a select (else empty); what is not here is an old click */
  answers: Partial<Record<DraftVerb, (sight: Sight, value: string) => Move>>
}

export const STALE: Move = { stale: true }
