import { UserError } from '../engine/user-error.ts'
import type { Look } from './draft.ts'

/** What a program’s request fails for, beside what may befall anybody’s. */
export type Reason =
  /** there is no such upload, or it is over */
  | 'upload'
  /** there is no such workflow, or none was named */
  | 'workflow'
  /** it names an input or a column that is not there */
  | 'mapping'
  /** rows are faulty, and none or not all would run: `look` says which */
  | 'rows'

export class Refused extends UserError {
  constructor(
    readonly reason: Reason,
    message: string,
    hint?: string,
    readonly look?: Look,
  ) {
    super(message, hint)
  }
}
