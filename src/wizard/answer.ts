import type { SmallerFiles } from '../app/chat-results.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { Form, Line, Prompt } from '../messages/prompt.ts'
import { UserError } from '../engine/user-error.ts'
import type { Inspection } from './draft.ts'
import type { Sentence } from '../engine/sentence.ts'

/** What to do after a click, a form or a command. */
export type Answer =
  /** change the draft’s message to this */
  | { kind: 'show'; draftId: string; prompt: Prompt }
  /** open a dialog; only in answer to a click for which opensForm() is true */
  | { kind: 'form'; form: Form }
  /**
   * show this to the person alone; `isOpen`: others may see it where there is no other way to answer on the spot;
   * `refresh`: their message seems out of date, so update it, too; `errors`: it is about a form, by field, for a face
   * that still shows it
   */
  | {
      kind: 'tell'
      prompt: Prompt
      isOpen?: true
      refresh?: { draftId: string; prompt: Prompt }
      errors?: Record<string, string>
    }
  /**
   * send a file to the place, or with `isPersonal` to the person alone, with a line of text; `tooLarge`: where else to
   * find it if the platform refuses it; `result`: it is one, and there may be other ways to send it; call `sent` once
   * it is there, and `done` when it is no longer needed
   */
  | {
      kind: 'file'
      file: { name: string; content: Blob }
      line: Line
      isPersonal?: true
      tooLarge?: Line
      result?: AskedResult
      sent?: () => Promise<void>
      done?: () => Promise<void>
    }
  /** the draft has become this task: its message now shows the task’s progress */
  | { kind: 'task'; draftId: string; taskId: string }
  /** nothing to show: another answer has already done it */
  | { kind: 'nothing' }

/** A result that somebody asked for. */
export interface AskedResult {
  task: TaskView
  smaller: SmallerFiles
  /** of the line, what is true of smaller files, too */
  summary: Line
  note: string | undefined
}

/**
 * The result of a form: sentences by field, quickly, or an answer, which may take as long as reading a workbook. Call
 * `keep` on a platform that closes an invalid form: it stores what was typed, for when the form opens again.
 */
export type FormResult =
  | { errors: Record<string, string>; keep: () => Promise<Form | undefined>; answer?: undefined }
  | { errors?: undefined; answer: Promise<Answer> }

/** Why a program’s request is refused, in addition to the refusals that people can get, too. */
export type RefusalReason =
  /** there is no such upload, or it is no longer open */
  | 'upload'
  /** there is no such workflow, or none was given */
  | 'workflow'
  /** there is no such workflow to compare with, or it is the same one */
  | 'against'
  /** it names an input or a column that does not exist */
  | 'mapping'
  | 'constants'
  /** rows are faulty, and none, or not all, would run: see `inspection` */
  | 'rows'

export class Refused extends UserError {
  constructor(
    readonly reason: RefusalReason,
    message: Sentence,
    hint?: Sentence,
    readonly inspection?: Inspection,
  ) {
    super(message, hint)
  }
}
