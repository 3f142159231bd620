import type { Form, Line, Prompt } from '../messages/prompt.ts'
import { UserError } from '../engine/user-error.ts'
import type { Inspection } from './draft.ts'

/** What is to be done when the wizard, a task's button or a command has been asked something. */
export type Answer =
  /** the draft's message becomes this */
  | { kind: 'show'; draftId: string; prompt: Prompt }
  /** a dialog opens; only ever an answer to a click that opensForm() */
  | { kind: 'form'; form: Form }
  /** told to this person alone; `refresh`: their message seems to be an old one, and becomes this */
  | { kind: 'tell'; prompt: Prompt; refresh?: { draftId: string; prompt: Prompt } }
  /**
   * a file for the place, with a line of text; `tooLarge`: where else it is, should the platform not take it; `done` is
   * called when it is no longer needed
   */
  | {
      kind: 'file'
      file: { name: string; content: Blob }
      line: Line
      tooLarge?: Line
      done?: () => Promise<void>
    }
  /** the draft has become this task: its message is the progress from now on */
  | { kind: 'task'; draftId: string; taskId: string }
  /** nothing to say: it was said already */
  | { kind: 'nothing' }

/**
 * What becomes of a form: sentences by field, quickly; or the answer, which may take as long as a workbook takes. `keep`
 * is for a platform that closes a form whatever is wrong with it: what was typed is kept, and is there when it opens again.
 */
export type FormResult =
  | { errors: Record<string, string>; keep: () => Promise<Form | undefined>; answer?: undefined }
  | { errors?: undefined; answer: Promise<Answer> }

/** What a program’s request fails for, beside what may befall anybody’s. */
export type RefusalReason =
  /** there is no such upload, or it is over */
  | 'upload'
  /** there is no such workflow, or none was named */
  | 'workflow'
  /** it names an input or a column that is not there */
  | 'mapping'
  /** rows are faulty, and none or not all would run: `inspection` says which */
  | 'rows'

export class Refused extends UserError {
  constructor(
    readonly reason: RefusalReason,
    message: string,
    hint?: string,
    readonly inspection?: Inspection,
  ) {
    super(message, hint)
  }
}
