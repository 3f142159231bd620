import type { FormStatus, RunForm } from './form.ts'
import type { Sentence } from './sentence.ts'
import type { Run } from './run.ts'

/** A row whose run waits for a person. No lane holds it. */
export interface WaitingRow {
  executionId: string
  taskId: string
  /** its number in the person's sheet */
  row: number
  run: Run
  /** when Dify is asked about its run next, on the monotonic clock */
  availableAt: number
  /** what its run asks and has asked, the oldest first */
  forms: AskedForm[]
}

/** What is needed to know of a form that a run waits for. */
export interface AskedForm extends Pick<RunForm, 'formId' | 'token' | 'nodeTitle' | 'expiresAt'> {
  /** ours */
  id: string
  state: FormStatus
  /** ms since 1970; null: nobody has answered it through Rowbot */
  answeredAt: number | null
}

/** Where waiting rows are stored. A write takes effect only while the row waits in the same attempt. */
export interface WaitingStore {
  /** The one whose run is to be looked up first. Undefined: no row of the task waits. */
  next(taskId: string): Promise<WaitingRow | undefined>
  /** @param at on the monotonic clock */
  lookAgain(row: WaitingRow, at: number): Promise<void>
  /** Its run goes on: the row is to be claimed again, and its run followed. @param steady on the monotonic clock */
  goOn(row: WaitingRow, steady: number, now: number): Promise<void>
  /** It asks more. What it has asked before stays as it is. */
  ask(row: WaitingRow, forms: RunForm[], now: number): Promise<void>
  /** It is known now what became of a form, unless it has changed since it was read. */
  setForm(form: AskedForm, status: FormStatus, now: number): Promise<void>
  /** Nobody has answered in time: the row has failed, and its run counts as over. */
  fail(row: WaitingRow, error: Sentence, now: number): Promise<void>
}
