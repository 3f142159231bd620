import type { GivenFile } from '../engine/files.ts'
import { UserError } from '../engine/user-error.ts'
import type { UploadFile } from '../workbook/types.ts'

/** The files that were sent with a form. None of them is fetched before it is asked for. */
export interface SentWithForm {
  /** A sheet and what comes along with it, or files that each are a row; ZIPs are unpacked. @throws UserError */
  upload(): Promise<UploadFile>
  /** By field, as they are: a workbook or a ZIP is a file like any other. @throws UserError */
  files(): Promise<Map<string, GivenFile[]>>
}

/** Files, or what was typed beside them, are wrong: sentences by field. */
export class WrongFields extends UserError {
  constructor(readonly errors: Record<string, string>) {
    super(Object.values(errors).join(' '))
  }
}
